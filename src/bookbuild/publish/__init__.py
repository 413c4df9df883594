"""What happens after the pages are rendered: one site, swapped in whole."""
