"""Yunyue (云约): a government cloud whose contract runs."""
