"""Where admins publish, compare and withdraw legal documents."""
