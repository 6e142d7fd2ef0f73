"""What must hold of the whole database at every moment, asked in plain SQL beside the code that keeps it."""

from django.db import connection

NOTHING_MAY_BE_FOUND = {
    "a slot's count is not the number of its live bookings": """
        SELECT s.id FROM interviews_interviewslot s
         WHERE s.current_bookings <> (SELECT count(*) FROM interviews_interviewschedule b
                                       WHERE b.slot_id = s.id AND b.status IN ('pending', 'confirmed'))""",
    "a slot holds more than its capacity": """
        SELECT id FROM interviews_interviewslot WHERE current_bookings > max_candidates OR current_bookings < 0""",
    "a slot's status is not in step with its count": """
        SELECT id FROM interviews_interviewslot
         WHERE (status = 'booked') <> (current_bookings = max_candidates) AND status IN ('available', 'booked')""",
    "a slot's held places are not the holds on it": """
        SELECT s.id FROM interviews_interviewslot s
         WHERE s.held_places <> (SELECT count(*) FROM interviews_placehold h
                                  WHERE h.slot_id = s.id AND h.status = 'held')""",
    "a slot has more booked and held than its capacity": """
        SELECT id FROM interviews_interviewslot WHERE current_bookings + held_places > max_candidates""",
    "a place is held for a conflict that is settled, or a wait that is over": """
        SELECT h.id FROM interviews_placehold h
          LEFT JOIN interviews_interviewconflict c ON c.id = h.conflict_id
          LEFT JOIN interviews_waitlistentry w ON w.id = h.entry_id
         WHERE h.status = 'held' AND (c.resolution <> 'pending' OR w.status <> 'offered')""",
    "an interview waits for a place and has one": """
        SELECT w.id FROM interviews_waitlistentry w JOIN interviews_interviewschedule b
            ON b.interview_id = w.interview_id AND b.status IN ('pending', 'confirmed')
         WHERE w.status IN ('waiting', 'offered')""",
    "somebody on the waitlist counts as asked, and no place is held": """
        SELECT w.id FROM interviews_waitlistentry w WHERE (w.status = 'offered') <> EXISTS (
            SELECT FROM interviews_placehold h WHERE h.entry_id = w.id AND h.status = 'held')""",
    "two live slots of a company and interview type overlap": """
        SELECT a.id FROM interviews_interviewslot a JOIN interviews_interviewslot b
            ON a.company_id = b.company_id AND a.ai_interview_type = b.ai_interview_type AND a.id < b.id
           AND a.start_time < b.end_time AND b.start_time < a.end_time
         WHERE a.status <> 'cancelled' AND b.status <> 'cancelled'""",
    "a candidate has two live bookings that overlap": """
        SELECT a.id FROM interviews_interviewschedule a JOIN interviews_interviewschedule b
            ON a.candidate_id = b.candidate_id AND a.id < b.id
           AND a.start_time < b.end_time AND b.start_time < a.end_time
         WHERE a.status IN ('pending', 'confirmed') AND b.status IN ('pending', 'confirmed')""",
    "an interview has two live bookings": """
        SELECT interview_id FROM interviews_interviewschedule WHERE status IN ('pending', 'confirmed')
         GROUP BY interview_id HAVING count(*) > 1""",
    "a live booking's times are not its slot's": """
        SELECT b.id FROM interviews_interviewschedule b JOIN interviews_interviewslot s ON s.id = b.slot_id
         WHERE b.status IN ('pending', 'confirmed')
           AND (b.start_time, b.end_time, b.company_id) <> (s.start_time, s.end_time, s.company_id)""",
    "a conflict is open about a place that was lost and found again, or one that is not held any more": """
        SELECT c.id FROM interviews_interviewconflict c
         WHERE c.resolution = 'pending' AND (c.cause LIKE 'unseated:%' OR c.cause LIKE 'stranded:%')
           AND (c.cause LIKE 'stranded:%') <> EXISTS (
               SELECT FROM interviews_interviewschedule b
                WHERE b.interview_id = c.primary_interview_id AND b.status IN ('pending', 'confirmed'))""",
    "a live booking is of a cancelled interview or slot": """
        SELECT b.id FROM interviews_interviewschedule b JOIN interviews_interviewslot s ON s.id = b.slot_id
          JOIN interviews_interview i ON i.id = b.interview_id
         WHERE b.status IN ('pending', 'confirmed') AND (s.status = 'cancelled' OR i.status = 'cancelled')""",
    "an interview is being held without a session that runs, or the other way round": """
        SELECT i.id FROM interviews_interview i LEFT JOIN conversations_interviewsession s
            ON s.interview_id = i.id AND s.state = 'running'
         WHERE (i.status = 'in_progress') <> (s.id IS NOT NULL)""",
    "turns are missing, or interviewer and candidate do not take turns": """
        SELECT t.session_id FROM conversations_turn t GROUP BY t.session_id
        HAVING max(t.number) <> count(*) OR bool_or((t.role = 'interviewer') <> (t.number % 2 = 1))""",
}


def broken_invariants() -> dict[str, list[object]]:
    """The sentences that do not hold, with the ids at fault."""
    found = {}
    with connection.cursor() as cursor:
        for sentence, query in NOTHING_MAY_BE_FOUND.items():
            cursor.execute(query)
            if rows := cursor.fetchall():
                found[sentence] = [row[0] for row in rows]
    return found
