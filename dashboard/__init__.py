"""The dashboard and the report: they read what is published, and nothing else."""
