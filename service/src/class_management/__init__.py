"""The Class Management Service: classes, students, and who wrote which essay (see docs/contract.md)."""

__version__ = "0.1.0"
SERVICE_NAME = "class_management_service"
