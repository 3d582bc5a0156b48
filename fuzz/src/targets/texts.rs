//! Short texts that stand for something.

use grend_shared::{
    domain::{
        Line, Paragraphs, When,
        gathering::{parse_date, parse_minutes},
    },
    ids::{PersonId, RoomId},
};

use super::tried;

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let id = RoomId::from_bytes([7; 32]).to_string();
    ["2026-12-06T12:00/14:30", "2028-02-29T23:59", "2026-12-06", "12:00", "Hos Myrvang\n\u{85}Bakken", id.as_str()]
        .map(|text| text.as_bytes().to_vec())
        .to_vec()
}

/// What was read is written as what is read again.
pub(super) fn texts(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Ok(when) = text.parse::<When>() {
        assert_eq!(when.to_string().parse(), Ok(when));
    }
    tried(parse_date(&text));
    tried(parse_minutes(&text));
    if let Ok(id) = text.parse::<RoomId>() {
        assert_eq!(id.to_string(), text);
    }
    tried(text.parse::<PersonId>());
    tried(RoomId::try_from(input).map(|id| assert_eq!(id.as_bytes(), input)));
    if let Ok(line) = Line::new(&text) {
        assert_eq!(Line::new(line.as_str()).as_ref(), Ok(&line));
    }
    if let Ok(paragraphs) = Paragraphs::new(&text) {
        assert_eq!(Paragraphs::new(paragraphs.as_str()).as_ref(), Ok(&paragraphs));
    }
}
