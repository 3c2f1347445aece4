"""How mails look: one template for all of them, filled with content in words."""
