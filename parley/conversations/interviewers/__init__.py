"""Who leads a conversation. Core questions and the closing words are the kit's own; an interviewer only asks on."""

from parley.conversations.interviewers.base import Account, Context, Exchange, Interviewer
from parley.conversations.interviewers.model import Model
from parley.conversations.interviewers.scripted import Scripted

__all__ = ["Account", "Context", "Exchange", "Interviewer", "Model", "Scripted"]
