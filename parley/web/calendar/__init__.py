"""The calendar: slots and their bookings by month, week, day and list, and all that is done with them there."""
