//! Reading single values with their rivals and writers.

use automerge::{Automerge, ObjId, ROOT, ReadDoc as _, ScalarValue, Value as AutomergeValue};

use super::actor::{Actor, Authors, Writer};
use crate::{projection::Author, time::Timestamp};

/// One value that stands at a place, and who put it there.
pub(super) struct Written<T> {
    pub(super) value: T,
    pub(super) by: Option<Writer>,
    pub(super) at: Timestamp,
}

/// Reads a document on behalf of a projection.
pub(super) struct Reading<'a> {
    pub(super) doc: &'a Automerge,
    pub(super) authors: &'a Authors,
}

impl Reading<'_> {
    /// One of the maps of the first change.
    pub(super) fn map(&self, name: &str) -> Option<ObjId> {
        self.child(&ROOT, name)
    }

    /// A map within a map.
    pub(super) fn child(&self, parent: &ObjId, key: &str) -> Option<ObjId> {
        match self.doc.get(parent, key).ok()?? {
            (AutomergeValue::Object(_), id) => Some(id),
            (AutomergeValue::Scalar(_), _) => None,
        }
    }

    /// All values at a place that `parse` understands and `counts` lets count, the one every device shows first.
    pub(super) fn all<T>(
        &self,
        parent: &ObjId,
        key: &str,
        parse: impl Fn(&ScalarValue) -> Option<T>,
        counts: impl Fn(Option<&Writer>) -> bool,
    ) -> Vec<Written<T>> {
        let values = self.doc.get_all(parent, key).unwrap_or_default();
        values
            .into_iter()
            .rev()
            .filter_map(|(value, id)| {
                let AutomergeValue::Scalar(scalar) = value else { return None };
                let value = parse(&scalar)?;
                let by = self.writer(&id);
                counts(by.as_ref()).then(|| Written { value, by, at: self.time(&id) })
            })
            .collect()
    }

    /// Who made the map at this id.
    pub(super) fn maker(&self, id: &ObjId) -> Option<Writer> {
        self.writer(id)
    }

    fn writer(&self, id: &ObjId) -> Option<Writer> {
        match id {
            ObjId::Id(_, actor, _) => self.authors.get(Actor::from_automerge(actor)?).copied(),
            ObjId::Root => None,
        }
    }

    fn time(&self, id: &ObjId) -> Timestamp {
        let seconds = self
            .doc
            .hash_for_opid(id)
            .and_then(|hash| self.doc.get_change_meta_by_hash(&hash))
            .map_or(0, |change| change.timestamp);
        Timestamp::from_millis(seconds.saturating_mul(1_000))
    }
}

/// A text, if the value is one.
pub(super) fn text(value: &ScalarValue) -> Option<&str> {
    match value {
        ScalarValue::Str(text) => Some(text.as_str()),
        _ => None,
    }
}

/// Puts the names to a writer.
pub(super) fn author(writer: Writer, name: &str, household: &str) -> Author {
    Author { person: writer.person, group: writer.group, name: name.to_owned(), household: household.to_owned() }
}
