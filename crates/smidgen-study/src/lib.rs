//! The application programming interface: from a model and a board to a report.
