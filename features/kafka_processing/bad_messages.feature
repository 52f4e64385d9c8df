Feature: No message does harm, whatever it holds

  A few kinds of messages that can never be processed have scenarios of their own. Here is whatever else somebody could
  send by mistake, or to do harm: events with a field of another type, without it, with it twice, with numbers and texts
  that few can bear; events that break off or have a wrong byte; noise, nothing, nesting without end, a megabyte, odd
  headers; and in between events as they should be. All are drawn by chance, the same in each run, others by another
  seed; what goes wrong is told by the simplest message that does.

  Most messages the promises decide: what is to be stored is stored, what is foreign is passed over, what can never be
  processed is put aside as it came. Some they leave open: a field that stands twice, a text that JSON can write and a
  database cannot hold, a number beyond all measure, an id of an event that is none. Such a message may count as
  processed or be put aside, but not both, and no other pays for it.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @P10 @beyond
  Rule: Whatever a message holds, it is dealt with as promised, and so are those around it

    @P2 @P7 @P14
    Scenario: Messages by the thousand, spoilt by chance
      When messages come in by the thousand, some as they should be, others spoilt by chance
      Then each of them is processed, passed over or put aside as promised
      And what comes in next is stored, too
