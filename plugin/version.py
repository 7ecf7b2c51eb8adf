"""The version of this add-on, said here and nowhere else."""

VERSION = "0.1.0"
