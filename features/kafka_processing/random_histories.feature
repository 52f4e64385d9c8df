Feature: Whatever comes in, and in whatever order, ends as the promises say

  Each promise has scenarios of its own, with a few events that show it. Here all of them are taken together: histories
  drawn by chance, of suggestions for few essays of few classes, so that they meet. There are ties, students whom nobody
  knows or who are on another roster, essays twice, ids that are none, batches and essays that come again in other
  events, events that come again as they were or with another payload, foreign and broken messages, students who join,
  leave and go. What the service has made of a history is compared with what the promises add up to: all that is stored,
  all that is on record, all that is put aside.

  The same histories come in each run, others by another seed. One that ends otherwise is told by the shortest history
  that does. The events of a history are sent in one channel: between channels nobody promises an order.

  @P13 @beyond
  Rule: What is stored, remembered and put aside is what the promises add up to

    @P3 @P4 @P5 @P7 @P8 @P10 @P12 @I1
    Scenario: Random histories end as the promises say
      When random histories have taken their course
      Then each of them has ended as the promises say
