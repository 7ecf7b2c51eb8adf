"""What it takes to work on a collection. Nothing in here knows windows, so all of it runs on a bare collection."""
