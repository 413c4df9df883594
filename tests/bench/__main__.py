"""`python -m tests.bench`: print every table."""

from tests.bench import press

press.main()
