// Hubs under a hub: kiosk -> venue -> centre. Who may bring whose rows, and who says what they contradict.
//
// A venue's hub is a device of the centre, "expo" say, and the ids of its kiosks begin with its own:
// "expo.north-1". No device of a hub's own has a '.' in its name, so that the ids of two venues never meet,
// and an id alone says who may bring its rows: a venue in a venue is no different ("expo.hall-2.desk-1"). The
// venue's own chain is "expo"; "hub" is the centre's.
//
// Of what two rows contradict, the lowest hub that has both says so, once: it has both before anyone above.
// Threads: reentrant.
#pragma once

#include <string_view>

#include "sync/hub/hub_store.hpp"

namespace lanyard::sync::hub {

// The hub `hub` itself, or a device under it.
[[nodiscard]] bool is_under(std::string_view device, std::string_view hub);
// Of those at `self` (Founding::name): the hub right under it that brings the device's rows, as it is named
// there; "" of a device that comes by itself. nullopt of one that is not under `self`: its rows came down.
[[nodiscard]] std::optional<std::string_view> brought_by(std::string_view device, std::string_view self);
// Whether it is for the hub `self` to say that rows of these two contradict each other.
[[nodiscard]] bool is_ours_to_say(std::string_view one, std::string_view other, std::string_view self);

// POST /v1/devices, in one transaction: the venue's kiosks are devices here from now on, without a token, and
// their keys are in the ring. Errors: refused, for one that is not the venue's.
[[nodiscard]] Expected<DevicesAnswer> take_devices(const DevicesRequest& told, const Device& venue,
                                                   HubStore& store, Timestamp now);

}  // namespace lanyard::sync::hub
