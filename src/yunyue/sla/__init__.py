"""How well a service ran: indicator, method, objective, verdict. Pure."""
