"""The book's press: runs the code of every page and turns the pages into a site."""
