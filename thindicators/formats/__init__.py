"""Every form in which figures leave, but the public pages."""
