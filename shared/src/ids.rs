//! Identifiers. Each is its own type, so a room can never be passed where a person is meant.
//!
//! Ids are opaque bytes: random, or the hash or public key of the thing they name. Their text form is unpadded
//! URL-safe base64 (RFC 4648 §5); it is used in documents, links and stored projections.

use core::{fmt, str::FromStr};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A text that is not the text form of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the text form of an id")]
pub struct BadId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// Takes the id's bytes as they are.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The id's bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&Base64UrlUnpadded::encode_string(&self.0))
            }
        }

        /// The first characters are enough to tell two apart in a test's output.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text = Base64UrlUnpadded::encode_string(&self.0);
                write!(f, concat!(stringify!($name), "({})"), text.get(..6).unwrap_or(&text))
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                let mut bytes = [0; $len];
                match Base64UrlUnpadded::decode(text, &mut bytes) {
                    Ok(decoded) if decoded.len() == $len => Ok(Self(bytes)),
                    _ => Err(BadId),
                }
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = BadId;

            fn try_from(bytes: &[u8]) -> Result<Self, BadId> {
                Ok(Self(bytes.try_into().map_err(|_| BadId)?))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if !deserializer.is_human_readable() {
                    return <[u8; $len]>::deserialize(deserializer).map(Self);
                }
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        #[cfg(feature = "wire")]
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        #[cfg(feature = "wire")]
        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::try_from(d.bytes()?).map_err(|_| minicbor::decode::Error::message("an id of the wrong length"))
            }
        }
    };
}

id!(
    /// A room: the hash of its Genesis entry, so a room can not be swapped for another under the same id.
    RoomId, 32
);
id!(
    /// A device: its Ed25519 public key (RFC 8032).
    DeviceId, 32
);
id!(
    /// An invitation: the public key made from the secret in its link.
    InviteId, 32
);
id!(
    /// A person with one or more devices. Opaque: the name lives in the room's document.
    PersonId, 16
);
id!(
    /// A household (in a staff room: one person). Opaque.
    GroupId, 16
);
id!(
    /// A gathering (*samling*).
    GatheringId, 16
);
id!(
    /// One act of one person, made on the device that gave it.
    CommandId, 16
);

impl GroupId {
    /// In a staff room each person is a group of their own.
    #[must_use]
    pub const fn of_person(person: PersonId) -> Self {
        Self(*person.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form_and_json() {
        let id = RoomId::from_bytes([7; 32]);
        assert_eq!(id.to_string().parse(), Ok(id));
        let json = serde_json::to_string(&id).expect("ids serialize");
        assert_eq!(serde_json::from_str::<RoomId>(&json).expect("ids deserialize"), id);
    }

    #[test]
    fn a_text_of_another_length_is_refused() {
        assert_eq!("AAAA".parse::<PersonId>(), Err(BadId));
        assert_eq!("ikke en id".parse::<PersonId>(), Err(BadId));
    }
}
