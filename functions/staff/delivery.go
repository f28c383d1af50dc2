package main

// routeDelivery routes what becomes of texts: JSON and pages.
func (h *handler) routeDelivery() {}
