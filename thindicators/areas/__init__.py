"""Areas: the register of councils, regions and countries that figures may be published for."""
