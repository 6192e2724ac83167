"""The contract as an Open Service Broker (API 2.17): platforms order, change, bind and end services by its protocol.

A thin façade: an instance is an order (its id is "osb." and the platform's), a plan is an item of the catalogue. What
the protocol calls provisioning goes on until another person has approved the order, as the contract asks.
"""
