"""The pipeline as data: which event leads where, who may fire it, and what it needs."""
