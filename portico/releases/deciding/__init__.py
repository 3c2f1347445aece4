"""What waits for a decision, and deciding: the pages and the API of approval requests."""
