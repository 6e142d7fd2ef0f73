"""Who leads a conversation. Core questions and the closing words are the kit's own; an interviewer only asks on."""

from parley.conversations.interviewers.base import Context, Exchange, Interviewer
from parley.conversations.interviewers.scripted import Scripted

__all__ = ["Context", "Exchange", "Interviewer", "Scripted"]
