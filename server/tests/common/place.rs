//! A room as the devices of a test know it: its membership and its key.

use grend_shared::{
    crypto::{
        DeviceKeys, Hash,
        entropy::random,
        grant::{EpochKey, GrantPlace},
        head::ItemKind,
        links::{InviteSecret, SetUpToken},
        record::{Place as RecordPlace, Record},
    },
    domain::{Role, RoomKind},
    ids::{DeviceId, GroupId, RoomId},
    membership::{
        Body, Entry, Room,
        body::{AddDevice, Admit, Epoch, Genesis, Grant, Invite, Join},
    },
    protocol::{Item, Opening, Refusal},
    time::Timestamp,
};

use super::{Device, Random};

pub(crate) struct Place {
    pub(crate) members: Room,
    pub(crate) key: EpochKey,
    pub(crate) genesis: Entry,
}

pub(crate) fn genesis(keys: &DeviceKeys, relay: [u8; 32], kind: RoomKind) -> Entry {
    let group = GroupId::of_person(keys.person());
    let body = Genesis { kind, relay, nonce: random(&mut Random), group, founder: keys.certificate() };
    Entry::sign(keys, RoomId::from_bytes([0; 32]), Hash::ZERO, Body::Genesis(body))
}

pub(crate) fn item(entry: &Entry) -> Item {
    Item::new(ItemKind::Membership, entry.as_bytes().to_vec())
}

pub(crate) fn content(record: &Record) -> Item {
    Item::new(ItemKind::Content, record.as_bytes().to_vec())
}

impl Place {
    fn begun(genesis: Entry) -> Self {
        let members = Room::begin(&genesis).expect("a Genesis");
        Self { members, key: EpochKey::generate(&mut Random), genesis }
    }

    pub(crate) async fn service(device: &mut Device, token: &SetUpToken) -> Self {
        let place = Self::begun(genesis(&device.keys, device.relay, RoomKind::Service));
        let opening = Opening::SetUp { token: token.clone() };
        assert_eq!(device.begin(opening, place.genesis.as_bytes()).await, Ok(1));
        place
    }

    pub(crate) async fn network(device: &mut Device, service: RoomId) -> Self {
        let place = Self::begun(genesis(&device.keys, device.relay, RoomKind::Network));
        assert_eq!(device.begin(Opening::Staff { service }, place.genesis.as_bytes()).await, Ok(1));
        place
    }

    pub(crate) fn id(&self) -> RoomId {
        self.members.id()
    }

    /// An entry upon the last one.
    pub(crate) fn entry(&self, keys: &DeviceKeys, body: Body) -> Entry {
        Entry::sign(keys, self.id(), self.members.last(), body)
    }

    /// Puts an entry and takes it here too when the relay did.
    /// One more device of the author's person.
    pub(crate) fn adding(&self, author: &Device, added: &DeviceKeys) -> Body {
        let code = added.code();
        let claim = code.claim(self.id(), author.keys.person(), author.keys.device());
        Body::AddDevice(AddDevice { half: code.half, claim, kit: false })
    }

    pub(crate) async fn put(&mut self, device: &mut Device, body: Body) -> Result<u64, Refusal> {
        let entry = self.entry(&device.keys, body);
        let seq = device.put(self.id(), item(&entry)).await?;
        self.members.apply(&entry).expect("the relay takes only what is valid");
        Ok(seq)
    }

    fn grant_place(&self, number: u32, author: DeviceId, device: DeviceId) -> GrantPlace {
        let commitment = self.key.commitment(self.id(), number);
        GrantPlace { room: self.id(), prev: self.members.last(), epoch: number, device, author, commitment }
    }

    /// A new key for all who shall have one.
    pub(crate) async fn make_key(&mut self, device: &mut Device) {
        let (old, number) = (self.key.clone(), self.members.epoch().map_or(1, |epoch| epoch.number + 1));
        self.key = EpochKey::generate(&mut Random);
        let grants = self.members.entitled().map(|it| {
            let sealed = self.key.seal_to(it.seal_key, &self.grant_place(number, device.id(), it.device), &mut Random);
            (it.device, sealed.expect("a good key"))
        });
        let body = Epoch {
            number,
            commitment: self.key.commitment(self.id(), number),
            inbox: self.key.inbox(self.id(), number),
            previous: (number > 1).then(|| self.key.wrap_older(self.id(), number, &old, &mut Random)),
            grants: grants.collect(),
        };
        self.put(device, Body::Epoch(body)).await.expect("the key is taken");
    }

    pub(crate) async fn invite(&mut self, device: &mut Device, expires: Timestamp) -> InviteSecret {
        self.invite_as(device, Role::Member, false, expires).await
    }

    pub(crate) async fn invite_as(
        &mut self,
        device: &mut Device,
        role: Role,
        founder: bool,
        expires: Timestamp,
    ) -> InviteSecret {
        let secret = InviteSecret::generate(self.id(), &mut Random);
        let body =
            Invite { invite: secret.id(), role, founder, group: None, returns: None, expires, welcome: vec![1; 64] };
        self.put(device, Body::Invite(body)).await.expect("the invitation is taken");
        secret
    }

    pub(crate) fn join_body(&self, keys: &DeviceKeys, invite: &InviteSecret) -> Body {
        let group = GroupId::of_person(keys.person());
        Body::Join(Join::new(&invite.signer(), self.id(), group, keys.certificate()))
    }

    pub(crate) async fn join(&mut self, device: &mut Device, invite: &InviteSecret) -> Result<u64, Refusal> {
        let body = self.join_body(&device.keys, invite);
        self.put(device, body).await
    }

    pub(crate) async fn admit(&mut self, holder: &mut Device, joiner: &Device) {
        let body = Admit { person: joiner.keys.person(), device: joiner.id() };
        self.put(holder, Body::Admit(body)).await.expect("they are let in");
    }

    pub(crate) async fn grant(&mut self, holder: &mut Device, joiner: &Device) {
        let number = self.members.epoch().expect("a key").number;
        let place = self.grant_place(number, holder.id(), joiner.id());
        let key = self.key.seal_to(joiner.keys.seal_key(), &place, &mut Random).expect("a good key");
        self.put(holder, Body::Grant(Grant { number, device: joiner.id(), key })).await.expect("the key is given");
    }

    /// Where a device's next record goes.
    pub(crate) fn next(&self, device: &Device) -> RecordPlace {
        let (count, previous) = device.chains.get(&self.id()).copied().unwrap_or_default();
        RecordPlace {
            room: self.id(),
            device_seq: count + 1,
            previous,
            membership: self.members.last(),
            epoch: self.members.epoch().map_or(1, |epoch| epoch.number),
        }
    }

    pub(crate) fn seal(&self, device: &Device, place: &RecordPlace, text: &[u8]) -> Record {
        Record::seal(&device.keys, &self.key, place, text, &mut Random)
    }

    /// The device's next record; the device goes on from it.
    pub(crate) fn record(&self, device: &mut Device, text: &[u8]) -> Item {
        let record = self.seal(device, &self.next(device), text);
        device.chains.insert(self.id(), (record.header().device_seq, record.hash()));
        content(&record)
    }

    /// Writes and waits until it is sent.
    pub(crate) async fn write(&self, device: &mut Device, text: &[u8]) -> Result<u64, Refusal> {
        let item = self.record(device, text);
        device.put(self.id(), item).await
    }
}
