package main

// routeInquiries routes queues and inquiries: JSON and pages.
func (h *handler) routeInquiries() {}
