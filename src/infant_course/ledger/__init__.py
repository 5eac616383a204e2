"""What became of findings over successive exports: one SQLite file, patient data like the exports themselves."""

from .ledger import Ledger, RunResult
from .status import Status
from .store import LedgerError

__all__ = ["Ledger", "LedgerError", "RunResult", "Status"]
