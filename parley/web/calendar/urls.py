"""The calendar's addresses."""

from django.urls import path

from parley.web.calendar import bookings, slots, views

urlpatterns = [
    path("calendar/", views.calendar, name="app-calendar"),
    path("calendar/slots/", views.slots, name="app-calendar-slots"),
    path("calendar/changes/", views.changes, name="app-calendar-changes"),
    path("slots/new/", slots.new, name="app-slot-new"),
    path("slots/<anyuuid:pk>/", slots.slot, name="app-slot"),
    path("slots/<anyuuid:pk>/edit/", slots.edit, name="app-slot-edit"),
    path("slots/<anyuuid:pk>/move/", slots.move, name="app-slot-move"),
    path("slots/<anyuuid:pk>/cancel/", slots.cancel, name="app-slot-cancel"),
    path("slots/<anyuuid:pk>/again/", slots.again, name="app-slot-again"),
    path("slots/<anyuuid:pk>/remove/", slots.remove, name="app-slot-remove"),
    path("slots/<anyuuid:pk>/complete/", slots.complete, name="app-slot-complete"),
    path("slots/<anyuuid:pk>/book/", bookings.book, name="app-slot-book"),
    path("slots/<anyuuid:pk>/release/", bookings.release, name="app-slot-release"),
    path("bookings/<anyuuid:pk>/move/", bookings.move, name="app-booking-move"),
    path("bookings/<anyuuid:pk>/confirm/", bookings.confirm, name="app-booking-confirm"),
    path("bookings/<anyuuid:pk>/cancel/", bookings.cancel, name="app-booking-cancel"),
]
