//! Sentences that depend on a state: where things have come, what went wrong, who does what.

use grend_shared::{
    command::{Field, Problem, ProblemKind},
    domain::{Answer, Cost, Role},
    port::Failure,
    projection::{Delivery, Family, InvitedAs, Link, SyncSummary},
    rules::Refused,
};

use super::Words;

/// What the chip in the header says, as a word for styles and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    /// Something is only on this device.
    Saved,
    /// Everything is with the relay, not all of it confirmed.
    Sent,
    /// Everything is confirmed.
    Received,
    /// Everything is confirmed or sent, and there is no connection right now.
    Away,
}

impl Whereabouts {
    /// Of a summary. What is only here comes before what is not connected: that is what one wants to know.
    pub(crate) const fn of(summary: Option<SyncSummary>) -> Self {
        match summary {
            None => Self::Saved,
            Some(SyncSummary { saved_here: 1.., .. }) => Self::Saved,
            Some(SyncSummary { link: Link::Away | Link::UpdateNeeded, .. }) => Self::Away,
            Some(SyncSummary { sent: 1.., .. } | SyncSummary { others: false, .. }) => Self::Sent,
            Some(_) => Self::Received,
        }
    }

    /// For `data-state`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Away => "away",
        }
    }
}

/// Where one act has come, as a word for styles and tests.
pub(crate) const fn delivery_word(delivery: Option<&Delivery>) -> &'static str {
    match delivery {
        None => "none",
        Some(Delivery::SavedHere) => "saved",
        Some(Delivery::Sent) => "sent",
        Some(Delivery::Received { .. }) => "received",
    }
}

impl Words {
    /// The calm phrase on the chip.
    pub(crate) fn whereabouts(self, whereabouts: Whereabouts) -> &'static str {
        match whereabouts {
            Whereabouts::Saved => self.chip_saved(),
            Whereabouts::Sent => self.chip_sent(),
            Whereabouts::Received => self.chip_received(),
            Whereabouts::Away => self.chip_away(),
        }
    }

    /// The plain sentence behind the chip.
    pub(crate) fn whereabouts_explained(self, summary: SyncSummary) -> String {
        let mut sentences = vec![match summary.link {
            Link::Live => self.sync_link_live().to_owned(),
            Link::CatchingUp => self.sync_link_catching_up().to_owned(),
            Link::Away => self.sync_link_away().to_owned(),
            Link::UpdateNeeded => self.sync_link_update().to_owned(),
        }];
        if summary.saved_here > 0 {
            sentences.push(self.sync_count_saved(summary.saved_here));
        }
        if summary.sent > 0 && summary.others {
            sentences.push(self.sync_count_sent(summary.sent));
        }
        if summary.saved_here == 0 && summary.sent == 0 {
            sentences.push(self.sync_count_none().to_owned());
        }
        if !summary.others {
            sentences.push(self.sync_alone().to_owned());
        }
        sentences.join(" ")
    }

    /// *Mottatt av Granli og Myrvang.*
    pub(crate) fn delivery(self, delivery: &Delivery, families: &[Family]) -> String {
        match delivery {
            Delivery::SavedHere => self.delivery_saved().to_owned(),
            Delivery::Sent => self.delivery_sent().to_owned(),
            Delivery::Received { by } => {
                let names: Vec<&str> = families
                    .iter()
                    .filter(|family| by.contains(&family.group))
                    .map(|family| self.family_name(&family.name))
                    .collect();
                if names.is_empty() {
                    self.delivery_received().to_owned()
                } else {
                    self.delivery_received_by(self.listed(&names))
                }
            }
        }
    }

    /// A family's name, or what to call it before the name has come.
    pub(crate) fn family_name(self, name: &str) -> &str {
        if name.is_empty() { self.people_unnamed_family() } else { name }
    }

    /// A person's name, or what to call somebody before the name has come.
    pub(crate) fn person_name(self, name: &str) -> &str {
        if name.is_empty() { self.people_unnamed_person() } else { name }
    }

    /// *Vi kommer.*
    pub(crate) fn answer(self, answer: Answer) -> &'static str {
        match answer {
            Answer::Coming => self.answer_coming(),
            Answer::Maybe => self.answer_maybe(),
            Answer::NotComing => self.answer_not_coming(),
        }
    }

    /// What a family has answered: *Kommer*.
    pub(crate) fn answer_of(self, answer: Answer) -> &'static str {
        match answer {
            Answer::Coming => self.answer_of_coming(),
            Answer::Maybe => self.answer_of_maybe(),
            Answer::NotComing => self.answer_of_not_coming(),
        }
    }

    /// *Gratis.*
    pub(crate) fn cost(self, cost: Cost) -> &'static str {
        match cost {
            Cost::Free => self.cost_free(),
            Cost::Low => self.cost_low(),
            Cost::Some => self.cost_some(),
        }
    }

    /// What somebody is invited as, in a sentence: *som fosterfamilie*.
    pub(crate) fn invited_as(self, invited_as: InvitedAs) -> &'static str {
        match invited_as {
            InvitedAs::ResourceFamily => self.invited_as_resource_family(),
            InvitedAs::FosterFamily => self.invited_as_foster_family(),
            InvitedAs::Adult => self.invited_as_adult(),
            InvitedAs::Staff => self.invited_as_staff(),
            InvitedAs::Back => self.invited_as_back(),
        }
    }

    /// What a role may do, in a word or two.
    pub(crate) fn role(self, role: Role) -> &'static str {
        match role {
            Role::Member => self.role_member(),
            Role::Admin => self.role_admin(),
            Role::Steward => self.role_steward(),
        }
    }

    /// What to mend about a field.
    pub(crate) fn problem(self, problem: &Problem) -> String {
        match problem.kind {
            ProblemKind::TooLong { max } => self.problem_too_long(max),
            ProblemKind::NoDate => self.problem_no_date().to_owned(),
            ProblemKind::NoTime => self.problem_no_time().to_owned(),
            ProblemKind::EndsAtStart => self.problem_ends_at_start().to_owned(),
            ProblemKind::Empty => match problem.field {
                Field::Title => self.problem_empty_title(),
                Field::Date => self.problem_empty_date(),
                Field::Start => self.problem_empty_start(),
                Field::PersonName | Field::DeviceName => self.problem_empty_person_name(),
                Field::HouseholdName => self.problem_empty_household_name(),
                Field::ServiceName => self.problem_empty_service_name(),
                Field::NetworkName => self.problem_empty_network_name(),
                Field::End | Field::Place | Field::Note => self.problem_empty_other(),
            }
            .to_owned(),
        }
    }

    /// What happened, what is safe, what to do.
    pub(crate) fn failure(self, failure: &Failure) -> &'static str {
        match failure {
            Failure::Problems { .. } => self.failure_problems(),
            Failure::Refused { reason: Refused::LastKey } => self.failure_last_key(),
            Failure::Refused { reason: Refused::LastAdmin } => self.failure_last_admin(),
            Failure::Refused { .. } => self.failure_refused(),
            Failure::StorageFull => self.failure_storage_full(),
            Failure::StorageFailed => self.failure_storage_failed(),
            Failure::Offline => self.failure_offline(),
            Failure::BadLink => self.failure_bad_link(),
            Failure::UnknownLink => self.failure_unknown_link(),
            Failure::UsedLink => self.failure_used_link(),
            Failure::ExpiredLink => self.failure_expired_link(),
            Failure::AlreadyInside => self.failure_already_inside(),
            Failure::UnknownRoom => self.failure_unknown_room(),
            Failure::RelayRefused => self.failure_relay_refused(),
            Failure::SomebodyElses => self.failure_somebody_elses(),
            Failure::Moving => self.failure_moving(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use grend_shared::ids::GroupId;

    fn summary(link: Link, saved_here: usize, sent: usize, others: bool) -> Option<SyncSummary> {
        Some(SyncSummary { link, saved_here, sent, others, ..SyncSummary::default() })
    }

    #[test]
    fn the_chip_tells_the_least_that_is_true() {
        for (summary, says) in [
            (None, Whereabouts::Saved),
            (summary(Link::Away, 2, 1, true), Whereabouts::Saved),
            (summary(Link::Live, 1, 0, true), Whereabouts::Saved),
            (summary(Link::Live, 0, 3, true), Whereabouts::Sent),
            (summary(Link::Live, 0, 0, false), Whereabouts::Sent),
            (summary(Link::Live, 0, 0, true), Whereabouts::Received),
            (summary(Link::Away, 0, 0, true), Whereabouts::Away),
            (summary(Link::UpdateNeeded, 0, 2, true), Whereabouts::Away),
        ] {
            assert_eq!(Whereabouts::of(summary), says, "{summary:?}");
        }
    }

    #[test]
    fn received_names_the_families() {
        let family = |n: u8, name: &str| Family {
            group: GroupId::from_bytes([n; 16]),
            name: name.into(),
            resource: false,
            mine: false,
            adults: Vec::new(),
        };
        let families = [family(1, "Granli"), family(2, "Myrvang"), family(3, "Elvheim")];
        let by =
            |groups: &[u8]| Delivery::Received { by: groups.iter().map(|n| GroupId::from_bytes([*n; 16])).collect() };
        let words = Words(Language::Nb);
        assert_eq!(words.delivery(&by(&[2, 1]), &families), "Mottatt av Granli og Myrvang");
        assert_eq!(words.delivery(&by(&[9]), &families), "Mottatt");
        assert_eq!(words.delivery(&Delivery::Sent, &families), "Sendt");
    }
}
