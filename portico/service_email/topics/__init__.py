"""Which mails a member wants of a workspace: kinds of mail that features declare as topics."""
