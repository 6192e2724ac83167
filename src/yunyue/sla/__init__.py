"""How well a service ran: from indicators by a method to an objective's verdict for a service month. Pure."""
