"""The toy world: its geometry by hand and by symmetry, its views by a plain loop."""

import pytest
import torch

from attnbook import camera_batch, camera_pixels
from attnbook.data.cameras import CAMERAS, COLOURS, COLUMNS, GRID_SIZE, ROWS


def draw(count=3, seed=0, **options):
    return camera_batch(count, torch.Generator().manual_seed(seed), **options)


def cell(row, column):
    return row * GRID_SIZE + column


def test_pixels_by_hand():
    pixels = camera_pixels()
    # 2.5 cells forward and 2.5 to the right: 45 degrees, 3.54 cells away.
    assert pixels[cell(1, 6)].tolist() == [3 * 12 + 10, 3 * 12 + 1, -1, -1]
    # Beside the middle of the front row: 0.5 to the left at 3.5 forward, 8.1 degrees.
    assert pixels[cell(0, 3)].tolist() == [3 * 12 + 5, -1, -1, -1]
    # Nearest, behind and to the left: 135 degrees to the left, 0.71 cells away.
    assert pixels[cell(4, 3)].tolist() == [-1, -1, 10, 1]


def test_a_quarter_turn_of_the_ground_is_the_next_camera():
    pixels = camera_pixels().view(GRID_SIZE, GRID_SIZE, len(CAMERAS))
    assert pixels.rot90(-1).roll(1, dims=-1).equal(pixels)


def test_left_and_right_are_mirror_images():
    front = camera_pixels()[:, CAMERAS.index("front")].view(GRID_SIZE, GRID_SIZE)
    rows, columns = front // COLUMNS, front % COLUMNS
    mirrored = rows * COLUMNS + COLUMNS - 1 - columns
    assert front.flip(1).equal(mirrored.where(front >= 0, -1))


def test_each_cell_is_seen_by_one_camera_or_two_and_shares_no_pixel():
    pixels = camera_pixels()
    seen = (pixels >= 0).sum(1)
    assert seen.unique().tolist() == [1, 2]
    assert pixels.max() < ROWS * COLUMNS
    for camera in pixels.T:
        shown = camera[camera >= 0]
        assert len(shown.unique()) == len(shown) == 24


def test_without_noise_a_pixel_is_the_colour_of_its_cell_and_the_rest_is_black():
    views, cells = draw(noise=0.0)
    expected = torch.zeros(3, len(CAMERAS), ROWS * COLUMNS, len(COLOURS))
    for scene in range(3):
        for place, pixels in enumerate(camera_pixels().tolist()):
            for camera, pixel in enumerate(pixels):
                if pixel >= 0 and cells[scene, place] > 0:
                    expected[scene, camera, pixel, cells[scene, place] - 1] = 1.0
    assert views.equal(expected)


def test_noise_is_of_the_size_asked_for_and_on_every_number():
    loud = draw(200, noise=0.5, density=0.0).views
    assert abs(loud.mean()) < 0.01
    assert abs(loud.std() - 0.5) < 0.01
    assert loud.ne(0).all()


def test_blocks_come_as_often_as_asked_for_and_in_every_colour():
    cells = draw(500, density=0.3).cells
    shares = torch.bincount(cells.flatten()) / cells.numel()
    wanted = torch.tensor([0.7, 0.1, 0.1, 0.1])
    torch.testing.assert_close(shares, wanted, atol=0.01, rtol=0)
    assert draw(density=0.0).cells.eq(0).all()
    assert draw(density=1.0).cells.gt(0).all()


def test_a_seed_says_all():
    first, again, other = draw(), draw(), draw(seed=1)
    assert first.views.equal(again.views)
    assert first.cells.equal(again.cells)
    assert not first.cells.equal(other.cells)


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        draw(0)
    with pytest.raises(ValueError, match=r"density must be from 0 to 1, got 1.5"):
        draw(density=1.5)
    with pytest.raises(ValueError, match="noise must be at least 0, got -1"):
        draw(noise=-1.0)
