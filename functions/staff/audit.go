package main

// routeAudit routes the audit: JSON and pages.
func (h *handler) routeAudit() {}
