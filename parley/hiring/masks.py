"""What is known of who a candidate is, so that it can be taken out of what they said before a model reads it."""

from parley.hiring.models import Candidate, Resume
from parley.hiring.rules.masking import Masker, masker_for


def masker_of(candidate: Candidate) -> Masker:
    """Knows all that is kept of who the candidate is: the record's and the resume's. One statement."""
    resume = Resume.objects.filter(candidate=candidate).first()
    secrets = [candidate.email, candidate.phone, candidate.poc_email]
    if resume is None:
        return masker_for(candidate.full_name, secrets=secrets)
    secrets += [*resume.emails, *resume.phones, *resume.links]
    return masker_for(candidate.full_name, secrets=secrets, also=[resume.full_name])
