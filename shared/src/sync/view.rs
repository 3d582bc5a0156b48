//! What the screen is shown of a room, computed from membership, document and delivery.

use super::{
    room::{Following, RoomSync},
    store::{Mine, Wish},
};
use crate::{
    crypto::{DeviceKeys, links::InviteSecret, words},
    document::{
        Writer,
        contents::{self, Names},
    },
    domain::{Remove, Role, RoomKind},
    ids::{DeviceId, GatheringId, GroupId, PersonId},
    membership::{
        Room as Membership,
        state::{Device, Member, Standing},
    },
    projection::{
        Adult, Confirmation, Delivery, Family, Me, Network, OpenInvite, OwnDevice, Room, Service, StewardedNetwork,
        StopReason, Stopped, Threshold, ThresholdStep, Waiting, Welcome, Wished,
    },
};

impl RoomSync {
    /// The room's projection; `None` for a network one only stewards, which is shown within its service.
    pub(super) fn view(&mut self, keys: &DeviceKeys, mine: &Mine, networks: &[StewardedNetwork]) -> Option<Room> {
        if let Some(reason) = self.stored.stopped.filter(|_| !self.is_inside(keys)) {
            return Some(Room::Stopped(Stopped { room: self.id, reason }));
        }
        let no_key_yet = self.stored.welcome.is_none() && self.membership.is_some() && self.ring.is_empty();
        if self.stored.role == Role::Steward || self.stored.coming || (no_key_yet && self.was_added(keys)) {
            return None;
        }
        if let Some(threshold) = self.threshold(keys) {
            return Some(Room::Threshold(threshold));
        }
        match self.kind() {
            RoomKind::Service => Some(Room::Service(self.service(keys, mine, networks))),
            RoomKind::Network => Some(Room::Network(self.network(keys, mine))),
            RoomKind::Household | RoomKind::Guidance | RoomKind::File | RoomKind::Joint => None,
        }
    }

    /// Whether this device is one of those who read the room: then it is shown, whatever has become of its log.
    fn is_inside(&self, keys: &DeviceKeys) -> bool {
        let author = self.membership.as_ref().and_then(|it| it.author(keys.device()));
        author.is_some_and(|(_, member)| member.entitled()) && !self.ring.is_empty()
    }

    fn was_added(&self, keys: &DeviceKeys) -> bool {
        let member = self.membership.as_ref().and_then(|it| it.person_of(keys.device()));
        member.is_some_and(|(_, it)| it.devices.iter().any(|it| it.device == keys.device() && it.added_by.is_some()))
    }

    fn threshold(&self, keys: &DeviceKeys) -> Option<Threshold> {
        let welcome = self.stored.welcome.clone()?;
        let standing = self.membership.as_ref().and_then(|it| it.person_of(keys.device()));
        let step = match standing {
            None => ThresholdStep::Sending,
            Some((_, member)) if member.waiting().is_some_and(|it| it.device == keys.device()) => {
                ThresholdStep::WaitingForAdmit
            }
            Some(_) if self.ring.is_empty() => ThresholdStep::WaitingForKey,
            Some(_) => return None,
        };
        let check_words = words::check_words(self.id, keys.person(), keys.device(), keys.seal_key());
        Some(Threshold { room: self.id, kind: self.kind(), welcome, step, check_words })
    }

    fn me(&mut self, keys: &DeviceKeys, mine: &Mine, names: &Names) -> Me {
        let Writer { person, group, role } = self.own_writer(keys);
        let name = names.person(person).to_owned();
        Me { person, group, role, name, devices: self.own_devices(keys.device(), mine) }
    }

    fn own_devices(&mut self, own: DeviceId, mine: &Mine) -> Vec<OwnDevice> {
        let me = self.membership.as_ref().and_then(|it| it.author(own));
        let Some((person, devices)) = me.map(|(person, me)| (person, me.devices.clone())) else { return Vec::new() };
        let by = devices.iter().find(|it| it.device == own).and_then(|it| it.added_by).map(|by| by.device);
        let added: Vec<_> = mine.codes().map(|it| it.half.device).collect();
        let knows = |device| own == device || by == Some(device) || added.contains(&device);
        devices
            .iter()
            .map(|it| OwnDevice {
                device: it.device,
                name: contents::device_name(&mut self.document, &self.authors, person, it.device),
                this: it.device == own,
                added_by: it.added_by.map(|by| by.device),
                known: knows(it.device) || mine.known.contains(&it.device),
                goes: self.wish_of(Wished::TakeOut(Remove::Device(it.device))).is_some(),
            })
            .collect()
    }

    /// Who was here, for those who may ask them back: admins everybody, others those of their own household.
    fn former(&self, me: &Me, names: &Names) -> Vec<Family> {
        let former = self.membership.iter().flat_map(Membership::former);
        let may = |group| me.role == Role::Admin || group == me.group;
        let comes = |person| self.membership.as_ref().is_some_and(|it| it.members().contains_key(&person));
        let former = former.filter(|(person, group)| may(*group) && !comes(*person));
        let family = |(person, group)| Family {
            group,
            name: names.family(group).to_owned(),
            resource: false,
            mine: group == me.group,
            adults: vec![Adult { person, name: names.person(person).to_owned(), role: Role::Member, devices: 0 }],
        };
        former.map(family).collect()
    }

    /// Those who came in on this device's invitations, as they stand now.
    fn guests(&self) -> Vec<Adult> {
        let mut guests: Vec<Adult> = Vec::new();
        for made in &self.stored.invites {
            // The first label is whom they were invited as; a later one let them back in.
            let Some(person) = made.used_by.filter(|it| !guests.iter().any(|guest| guest.person == *it)) else {
                continue;
            };
            let member = self.membership.as_ref().and_then(|it| it.members().get(&person));
            let inside = member.filter(|it| it.standing == Standing::Inside);
            let (role, devices) = inside.map_or((Role::Member, 0), |it| (it.role, it.devices.len().max(1)));
            guests.push(Adult { person, name: made.label.clone(), role, devices });
        }
        guests
    }

    fn network(&mut self, keys: &DeviceKeys, mine: &Mine) -> Network {
        let names = contents::names(&mut self.document, &self.authors);
        let mut gatherings = contents::gatherings(&mut self.document, &self.authors, &names);
        let confirmed = self.confirmed(keys.device());
        for gathering in &mut gatherings {
            gathering.delivery = self.delivery(gathering.id, &confirmed);
        }
        let me = self.me(keys, mine, &names);
        let families = self.families(&names, me.group);
        let from_welcome = |it: fn(&Welcome) -> &String| self.stored.welcome.as_ref().map(it).cloned();
        Network {
            room: self.id,
            stopped: self.stopped(),
            name: known(&names.room).or_else(|| from_welcome(|it| &it.room_name)).unwrap_or_default(),
            service: known(&names.service).or_else(|| from_welcome(|it| &it.service)).unwrap_or_default(),
            waiting: self.waiting(&names),
            former: self.former(&me, &names),
            wished: self.wished(),
            invites: self.open_invites(),
            set_aside: self.set_aside,
            confirmation: self.confirmation_wanted(keys.device()),
            doubt: self.doubt,
            me,
            families,
            gatherings,
        }
    }

    fn service(&mut self, keys: &DeviceKeys, mine: &Mine, networks: &[StewardedNetwork]) -> Service {
        let names = contents::names(&mut self.document, &self.authors);
        let noted = contents::networks(&mut self.document, &self.authors);
        let networks = noted.into_iter().map(|(room, name)| match networks.iter().find(|it| it.room == room) {
            Some(network) => StewardedNetwork { name, ..network.clone() },
            // Opened by a colleague: this device does not hold its door.
            None => StewardedNetwork {
                room,
                name,
                founded: false,
                households: 0,
                waiting: 0,
                confirmation: Confirmation::NotNeeded,
                invites: Vec::new(),
                guests: Vec::new(),
                wished: Vec::new(),
            },
        });
        Service {
            room: self.id,
            stopped: self.stopped(),
            name: known(&names.room).or_else(|| known(&names.service)).unwrap_or_default(),
            me: self.me(keys, mine, &names),
            staff: self.adults(&names, |_| true),
            networks: networks.collect(),
            wished: self.wished(),
            invites: self.open_invites(),
            set_aside: self.set_aside,
            confirmation: self.confirmation_wanted(keys.device()),
            doubt: self.doubt,
        }
    }

    /// The door of a network, for the service's own page.
    pub(super) fn stewarded(&self, own: DeviceId) -> Option<StewardedNetwork> {
        let membership = self.membership.as_ref().filter(|_| self.stored.role == Role::Steward)?;
        let mut households: Vec<_> =
            membership.members().values().filter(|it| it.entitled()).map(|it| it.group).collect();
        households.sort_unstable();
        households.dedup();
        Some(StewardedNetwork {
            room: self.id,
            name: String::new(),
            founded: membership.epoch().is_some(),
            households: households.len(),
            waiting: self.at_the_door().count(),
            confirmation: self.confirmation_wanted(own),
            invites: self.open_invites(),
            guests: self.guests(),
            wished: self.wished(),
        })
    }

    fn families(&self, names: &Names, mine: GroupId) -> Vec<Family> {
        let Some(membership) = &self.membership else { return Vec::new() };
        let mut groups: Vec<_> =
            membership.members().values().filter(|member| member.entitled()).map(|member| member.group).collect();
        groups.sort_unstable();
        groups.dedup();
        let resource = resource_family(membership);
        let mut families: Vec<_> = groups
            .into_iter()
            .map(|group| Family {
                group,
                name: names.family(group).to_owned(),
                resource: Some(group) == resource,
                mine: group == mine,
                adults: self.adults(names, |it| it == group),
            })
            .collect();
        families.sort_by(|a, b| (!a.resource, &a.name, a.group).cmp(&(!b.resource, &b.name, b.group)));
        families
    }

    fn adults(&self, names: &Names, of: impl Fn(GroupId) -> bool) -> Vec<Adult> {
        let members = self.membership.iter().flat_map(Membership::members);
        members
            .filter(|(_, member)| member.entitled() && of(member.group))
            .map(|(person, member)| Adult {
                person: *person,
                name: names.person(*person).to_owned(),
                role: member.role,
                devices: member.devices.len(),
            })
            .collect()
    }

    fn stopped(&self) -> Option<StopReason> {
        self.stored.stopped.or_else(|| self.stored.twice.then_some(StopReason::Twice))
    }

    /// Who waits for somebody's tap.
    fn at_the_door(&self) -> impl Iterator<Item = (PersonId, &Member, &Device)> {
        let members = self.membership.iter().flat_map(Membership::members);
        let waits = members.filter_map(|(person, member)| Some((*person, member, member.waiting()?)));
        waits.filter(|(_, member, it)| member.role.holds_key() && !self.admitting(it.device))
    }

    fn waiting(&self, names: &Names) -> Vec<Waiting> {
        let waiting = self.at_the_door().map(|(person, member, it)| Waiting {
            person,
            device: it.device,
            check_words: words::check_words(self.id, person, it.device, it.seal_key),
            returns: member.returning.map(|_| names.person(person).to_owned()),
        });
        waiting.collect()
    }

    fn admitting(&self, device: DeviceId) -> bool {
        let wished = |wish: &Wish| matches!(wish, Wish::Admit { device: it, .. } if *it == device);
        self.stored.wishes.iter().any(wished)
    }

    fn open_invites(&self) -> Vec<OpenInvite> {
        let made = self.stored.invites.iter().filter(|made| made.used_by.is_none());
        made.filter_map(|made| {
            let invite = InviteSecret::from_link(made.link.expose()).ok()?.id();
            let taken_back = self.wish_of(Wished::TakeOut(Remove::Invite(invite))).is_some();
            if taken_back || !self.is_open(invite) {
                return None;
            }
            let standing = self.membership.as_ref().and_then(|it| it.invite(invite));
            Some(OpenInvite {
                invite,
                label: made.label.clone(),
                secret: made.link.clone(),
                ready: standing.is_some(),
                expires: made.expires,
            })
        })
        .collect()
    }

    fn delivery(&self, gathering: GatheringId, confirmed: &[(GroupId, u64)]) -> Option<Delivery> {
        if self.outbox.values().any(|entry| entry.act.command.gathering() == Some(gathering)) {
            return Some(Delivery::SavedHere);
        }
        let (_, at) = self.stored.acted_on.iter().find(|(it, _)| *it == gathering)?;
        let by: Vec<_> = confirmed.iter().filter(|(_, seq)| seq >= at).map(|(group, _)| *group).collect();
        Some(if by.is_empty() { Delivery::Sent } else { Delivery::Received { by } })
    }

    pub(super) fn is_live(&self) -> bool {
        self.following == Following::Live || self.stored.stopped.is_some()
    }
}

/// The founder's household: by the log, not by what anybody says of themselves.
fn resource_family(membership: &Membership) -> Option<GroupId> {
    let founder = membership.invites().iter().find(|it| it.invite.founder && it.used_by().is_some())?.used_by()?;
    membership.members().get(&founder).map(|member| member.group)
}

fn known(name: &str) -> Option<String> {
    Some(name.to_owned()).filter(|name| !name.is_empty())
}
