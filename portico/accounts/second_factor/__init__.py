"""The second factor of people's sign-in: authenticator app, recovery codes, passkeys.

django-allauth keeps the factors (`Authenticator`) and leads through the stages of a sign-in. What
is decided about them is here.
"""
