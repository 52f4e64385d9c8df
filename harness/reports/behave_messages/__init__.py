"""A behave formatter that writes Cucumber Messages, the input of Cucumber's own reports; usable in any behave project.

    behave -f harness.reports.behave_messages:CucumberMessages -o messages.ndjson -f pretty -o -

Features are read by Cucumber's own parser (`gherkin-official`), messages are its own classes (`cucumber-messages`). A
line is written and flushed as soon as something happens; `complete` mends what a killed run has left.
"""

from .completion import NotMessagesError, complete
from .formatter import CucumberMessages

__all__ = ["CucumberMessages", "NotMessagesError", "complete"]
