//! The lines of the picture: shapes by class, in the order in which they are painted. Colours are in `hamlet.css`.

use super::Season;
use crate::ui::drawn::svg;

/// A filled or stroked outline: the class, which says what it is made of, and the lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape(pub(super) &'static str, pub(super) &'static str);

/// The sky, what shines in it, and the mountains, back to front.
pub(super) const SKY: &[Shape] = &[
    Shape("h-aurora", "M-20 82C40 38 84 70 130 46S226 34 262 48 330 40 390 6"),
    Shape("h-aurora h-aurora--mid", "M-20 76C40 32 84 64 130 40S226 28 262 42 330 34 390 0"),
    Shape("h-aurora h-aurora--thin", "M-20 71C40 27 84 59 130 35S226 23 262 37 330 29 390-5"),
    Shape(
        "h-stars",
        "M26 32h.01M58 52h.01M84 26h.01M118 40h.01M150 24h.01M176 50h.01M206 30h.01M232 62h.01M252 28h.01M312 30h.01\
         M336 56h.01M346 26h.01M40 72h.01M138 66h.01M326 82h.01",
    ),
    Shape("h-shine", "M264 56a26 26 0 1 1 52 0a26 26 0 1 1-52 0z"),
    Shape("h-sun", "M275 56a15 15 0 1 1 30 0a15 15 0 1 1-30 0z"),
    Shape("h-cloud", "M38 58c0-6 6-9 11-8 2-7 13-8 17-2 6-2 12 2 12 8 5 1 5 7 0 7H40c-6 0-7-5-2-5z"),
    Shape("h-cloud", "M176 38c0-4 5-7 9-5 2-5 10-6 13-1 5-1 9 2 9 6 4 1 4 5 0 5h-30c-5 0-5-5-1-5z"),
    Shape(
        "h-far",
        "M0 116 26 94 44 104 70 78Q78 70 86 78L102 92 118 82 140 66Q148 60 156 67L182 92 200 84 228 60Q236 54 244 61\
         L268 84 286 76 312 94 330 84 360 108V170H0z",
    ),
    Shape("h-cap", "M70 78Q78 70 86 78L93 84 86 83 81 89 76 83 70 88 64 84z"),
    Shape("h-cap", "M140 66Q148 60 156 67L166 77 158 75 152 83 146 75 140 80 132 72z"),
    Shape("h-cap", "M228 60Q236 54 244 61L256 73 247 71 241 79 234 70 227 76 219 68z"),
    Shape("h-hill", "M0 124C34 104 78 104 118 116S186 128 222 116 302 98 360 120V176H0z"),
];

/// The fjord under the hills, before the forest and the meadows.
pub(super) const WATER: &[Shape] = &[
    Shape("h-water", "M120 133C190 127 290 127 360 131V152H120z"),
    Shape("h-glint", "M214 136h34M262 139h20M232 142h16M296 135h26"),
];

/// The meadows, back to front. Each lies over what stands behind it.
pub(super) const MEADOWS: &[Shape] = &[
    Shape("h-ground-1", "M0 138C44 128 92 134 142 142S270 146 360 138V800H0z"),
    Shape("h-ground-2", "M0 206C60 190 122 196 182 212S304 206 360 198V800H0z"),
    Shape("h-ground-3", "M0 306C80 290 150 300 214 308S320 300 360 294V800H0z"),
    Shape("h-ground-2", "M0 404C70 390 140 396 206 406S310 398 360 392V800H0z"),
];

/// The yard that all paths lead to.
pub(super) const YARD: &str = "M112 212C114 200 140 194 180 194S246 200 248 212 220 230 180 230 110 224 112 212z";

/// What the season has strewn about.
pub(super) const fn strewn(season: Season) -> &'static [Shape] {
    match season {
        Season::Winter => &[
            Shape(
                "h-flakes",
                "M20 44h.01M52 88h.01M92 56h.01M112 104h.01M160 90h.01M168 122h.01M198 64h.01M222 100h.01M264 104h.01\
                 M300 118h.01M340 70h.01M342 126h.01M16 120h.01M120 168h.01M240 176h.01M132 252h.01M228 250h.01M20 222h.01\
                 M342 226h.01M100 232h.01",
            ),
            Shape("h-tracks", "M252 226C276 214 316 218 362 210M252 231C278 220 318 223 362 215"),
        ],
        Season::Spring => &[
            Shape(
                "h-flower h-flower--white",
                "M98 240h.01M106 246h.01M114 238h.01M122 250h.01M130 262h.01M232 244h.01M240 252h.01M248 242h.01M256 236h.01\
                 M228 262h.01M16 232h.01M24 240h.01M338 238h.01M346 246h.01M10 216h.01M350 220h.01",
            ),
            Shape("h-flower h-flower--blue", "M102 254h.01M126 242h.01M236 236h.01M252 258h.01M18 222h.01M344 232h.01"),
        ],
        Season::Summer => &[
            Shape(
                "h-mown",
                "M10 222C40 212 70 212 96 218M262 224C292 214 326 216 352 212M250 158C262 154 276 154 284 156",
            ),
            Shape(
                "h-flower h-flower--white",
                "M98 242h.01M112 250h.01M124 240h.01M236 250h.01M250 240h.01M258 254h.01M18 236h.01M342 240h.01M12 220h.01",
            ),
            Shape(
                "h-flower h-flower--pink",
                "M104 252h.01M118 260h.01M244 258h.01M230 240h.01M26 228h.01M350 232h.01M334 228h.01",
            ),
            Shape("h-flower h-flower--blue", "M130 254h.01M108 236h.01M242 234h.01M254 248h.01M14 244h.01M346 250h.01"),
        ],
        Season::Autumn => &[Shape(
            "h-leaf",
            "M96 238l3 2M106 250l3-2M114 258l3 1M122 246l2 3M130 262l3-1M104 230l3 1M228 256l3 2M238 262l2-3M250 256l3 1\
             M244 244l3-1M256 246l2 2M20 230l3 1M338 236l3-2M348 226l2 3M14 242l3-1M344 246l3 1",
        )],
    }
}

/// A tree's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tree {
    Spruce,
    Birch,
}

/// Trees that stand where no house ever does: x, y of the foot, scale.
pub(super) const TREES: &[(Tree, f64, f64, f64)] = &[
    (Tree::Spruce, 126.0, 146.0, 0.5),
    (Tree::Spruce, 138.0, 148.0, 0.62),
    (Tree::Spruce, 234.0, 149.0, 0.6),
    (Tree::Spruce, 222.0, 147.0, 0.48),
    (Tree::Spruce, 20.0, 152.0, 0.78),
    (Tree::Spruce, 6.0, 160.0, 1.0),
    (Tree::Spruce, 343.0, 150.0, 0.8),
    (Tree::Spruce, 357.0, 160.0, 1.05),
    (Tree::Birch, 121.0, 190.0, 0.74),
    (Tree::Birch, 241.0, 188.0, 0.66),
    (Tree::Spruce, 4.0, 250.0, 1.25),
    (Tree::Birch, 120.0, 268.0, 0.9),
    (Tree::Birch, 246.0, 266.0, 0.82),
    (Tree::Spruce, 357.0, 246.0, 1.2),
    (Tree::Spruce, 126.0, 346.0, 0.9),
    (Tree::Spruce, 3.0, 350.0, 1.2),
    (Tree::Spruce, 358.0, 344.0, 1.25),
    (Tree::Birch, 127.0, 452.0, 0.9),
    (Tree::Spruce, 357.0, 446.0, 1.2),
    (Tree::Spruce, 3.0, 444.0, 1.15),
];

/// A grove where nobody lives yet, from the doorstep of the place.
pub(super) const GROVE: &[(Tree, f64, f64, f64)] =
    &[(Tree::Spruce, -20.0, -6.0, 0.85), (Tree::Birch, 20.0, -5.0, 0.85), (Tree::Spruce, 0.0, 2.0, 1.1)];

/// A tree with its foot at 0, 0.
pub(super) const fn tree(kind: Tree, season: Season) -> &'static [Shape] {
    match (kind, season) {
        (Tree::Spruce, Season::Winter) => &[
            Shape("h-trunk", "M-1.6 0v-7h3.2v7z"),
            SPRUCE,
            SPRUCE_SHADE,
            Shape(
                "h-snow",
                "M0-41Q1-41 5-32 2.5-30 0-32-2.5-30-5-32-1-41 0-41zM-8-22Q-5-26-4-27 0-23.5 4-27L8-22Q4-19 0-21-4-19-8-22z",
            ),
            Shape("h-snow", "M-11.5-11Q-8-15-6.5-17 0-13 6.5-17L11.5-11Q6-8 0-10.5-6-8-11.5-11z"),
        ],
        (Tree::Spruce, _) => &[Shape("h-trunk", "M-1.6 0v-7h3.2v7z"), SPRUCE, SPRUCE_SHADE],
        (Tree::Birch, Season::Winter) => {
            &[BIRCH_TRUNK, Shape("h-twigs", "M0-14-7-24M0-18 7-28M0-22-5-33M0-26 5-35M0-28V-38M-4-20-10-22M4-24 10-25")]
        }
        (Tree::Birch, _) => &[
            BIRCH_TRUNK,
            Shape("h-crown", "M0-42C7-42 9-35 9-31 14-28 13-19 8-17 6-12-6-12-8-17-13-19-14-28-9-31-9-35-7-42 0-42z"),
            Shape(
                "h-crown-light",
                "M-2-39C2-39 3-35 2-32-1-29-8-30-7-33-6-36-5-39-2-39zM-9-26C-6-28-3-26-4-23-6-20-11-22-9-26z",
            ),
        ],
    }
}

const SPRUCE: Shape = Shape(
    "h-spruce",
    "M0-42Q1-42 7-29 5.5-28.5 4-28.5L10-18Q8-17 6-17L13-5.5Q7-3 0-4.2-7-3-13-5.5L-6-17Q-8-17-10-18L-4-28.5Q-5.5-28.5-7-29-1-42 0-42z",
);
const SPRUCE_SHADE: Shape =
    Shape("h-shade", "M0-42Q1-42 7-29 5.5-28.5 4-28.5L10-18Q8-17 6-17L13-5.5Q7-3 0-4.2 3-12 2-20T0-42z");
const BIRCH_TRUNK: Shape = Shape("h-birch", "M-1.5 0-1-26h2L1.5 0z");

/// The chimney's smoke, where somebody is at home with the light on.
pub(super) const SMOKE: &str = "c-3-5 4-7 1-12s3-7 1-12";

/// What a house is built of, back to front; panes and doors apart, for they have a light of their own.
#[derive(Debug, Clone, Copy)]
pub(super) struct House {
    pub(super) body: &'static [Shape],
    pub(super) panes: &'static str,
    pub(super) frames: &'static str,
    pub(super) door: &'static str,
    /// Snow on the roof.
    pub(super) snow: &'static str,
    /// Where smoke rises.
    pub(super) chimney: (f64, f64),
    /// Where the light is, for its glow.
    pub(super) glow: (f64, f64),
    /// Where a wreath hangs on the door.
    pub(super) wreath: (f64, f64),
}

/// The resource family's: larger, with two floors, a gable in the middle and a porch.
pub(super) const MIDDLE: House = House {
    body: &[
        Shape("h-chimney", "M-25-58h7v12h-7zM18-58h7v12h-7z"),
        Shape("h-wall", "M-35 0V-31H35V0z"),
        Shape("h-boards", "M-31-30V0M-19-30V0M19-30V0M31-30V0"),
        Shape("h-roof", "M-41-28-33-52H33L41-28z"),
        Shape("h-wall", "M-15-20V-45L0-60 15-45V-20z"),
        Shape("h-eaves", "M-20-40 0-60.5 20-40"),
        Shape("h-plinth", "M-35 0v-2.5h70V0z"),
        Shape("h-post", "M-9-16V0M9-16V0"),
        Shape("h-eaves h-eaves--small", "M-13-15 0-24 13-15"),
    ],
    panes: "M-30-27h8v9h-8zM22-27h8v9h-8zM-30-13h8v9h-8zM22-13h8v9h-8zM-10.5-43h8v10h-8zM2.5-43h8v10h-8z",
    frames: "M-26-27v9M26-27v9M-26-13v9M26-13v9M-6.5-43v10M6.5-43v10M-30-27h8v9h-8zM22-27h8v9h-8zM-30-13h8v9h-8zM22-13h8v9h-8z\
             M-10.5-43h8v10h-8zM2.5-43h8v10h-8z",
    door: "M-4.5 0v-13h9V0z",
    snow: "M-41.5-27.5-33.5-53Q-33-55-31-55H-8L-14-48-20-41-22-39Q-26-31-30-29-36-30-41.5-27.5zM41.5-27.5 33.5-53Q33-55 31-55H8L14-48 \
           20-41 22-39Q26-31 30-29 36-30 41.5-27.5zM-22.5-39.5 0-63.5 22.5-39.5Q19-36.5 17-38.5L0-56-17-38.5Q-19-36.5-22.5-39.5z",
    chimney: (21.5, -58.0),
    glow: (0.0, -24.0),
    wreath: (0.0, -8.5),
};

/// The homes: built alike, none like the other.
pub(super) const HOMES: [House; 3] = [
    House {
        body: &[
            Shape("h-chimney", "M8-46h7v14H8z"),
            Shape("h-wall", "M-22 0V-25L0-45 22-25V0z"),
            Shape("h-boards", "M-18-28V0M-4.5-40V-14M4.5-40V-14M18-28V0"),
            Shape("h-eaves", "M-27.5-20 0-45.5 27.5-20"),
            Shape("h-plinth", "M-22 0v-2.5h44V0z"),
        ],
        panes: "M-17-20h9v10h-9zM8-20h9v10H8zM-4-35h8v8h-8z",
        frames: "M-12.5-20v10M12.5-20v10M0-35v8M-17-20h9v10h-9zM8-20h9v10H8zM-4-35h8v8h-8z",
        door: "M-4.5 0v-14h9V0z",
        snow: "M-30-19.5 0-48.5 30-19.5Q27-16.5 24.5-18.5L0-41-24.5-18.5Q-27-16.5-30-19.5z",
        chimney: (11.5, -46.0),
        glow: (0.0, -15.0),
        wreath: (0.0, -9.5),
    },
    House {
        body: &[
            Shape("h-chimney", "M9-49h7v12H9z"),
            Shape("h-wall", "M-28 0V-24H28V0z"),
            Shape("h-boards", "M-24-22V0M-9-22V0M2-22V0M13-22V0M24-22V0"),
            Shape("h-roof", "M-33.5-21-26-43H26L33.5-21z"),
            Shape("h-plinth", "M-28 0v-2.5h56V0z"),
        ],
        panes: "M-23-18h9v10h-9zM-9-18h9v10h-9zM15-18h9v10h-9z",
        frames: "M-18.5-18v10M-4.5-18v10M19.5-18v10M-23-18h9v10h-9zM-9-18h9v10h-9zM15-18h9v10h-9z",
        door: "M3.5 0v-14h8.5V0z",
        snow: "M-34.5-20-26.5-44Q-26-46-24-46H24Q26-46 26.5-44L34.5-20Q31-22.5 26-21.5T15-22 4-21.5-8-22.5-19-21.5-29-22-34.5-20z",
        chimney: (12.5, -49.0),
        glow: (0.0, -13.0),
        wreath: (7.75, -9.5),
    },
    House {
        body: &[
            Shape("h-wall", "M-2 0V-19H30V0z"),
            Shape("h-boards", "M13-18V0M26-18V0"),
            Shape("h-roof", "M-2-17 3-33H29L35-17z"),
            Shape("h-chimney", "M-21-46h7v16h-7z"),
            Shape("h-wall", "M-26 0V-27L-9-44 8-27V0z"),
            Shape("h-boards", "M-22-30V0M-9-24V0M4-30V0"),
            Shape("h-eaves", "M-31-23-9-45 13-23"),
            Shape("h-plinth", "M-26 0v-2.5h56V0z"),
        ],
        panes: "M-20-22h8v9h-8zM-6-22h8v9h-8zM16-13h9v8h-9zM-12.5-36h7v7h-7z",
        frames: "M-16-22v9M-2-22v9M20.5-13v8M-9-36v7M-20-22h8v9h-8zM-6-22h8v9h-8zM16-13h9v8h-9zM-12.5-36h7v7h-7z",
        door: "M-4 0v-11h7.5V0z",
        snow: "M-33.5-22.5-9-47.5 15.5-22.5Q13-19.5 10.5-21.5L-9-41-28.5-21.5Q-31-19.5-33.5-22.5zM8-27 3-33Q3.5-36 6-36H27Q29-36 30-34L36-16.5Q31-19.5 \
               27-18T17-19L14-21z",
        chimney: (-17.5, -46.0),
        glow: (-6.0, -15.0),
        wreath: (-0.25, -7.5),
    },
];

/// What a house casts on the ground.
pub(super) const SHADOW: &str = "M-40 0C-30-4 30-4 42 0S20 5 0 5-46 4-40 0z";

/// A plot that waits: the outline of a house.
pub(super) const PLOT: &str = "M-22 0V-25L0-45 22-25V0z";

/// The host's flag, from the foot of its pole.
pub(super) const POLE: &str = "M0 0V-54";
/// The pennant on the pole.
pub(super) const PENNANT: &[Shape] = &[
    Shape("h-pennant", "M.8-54 27-47.5.8-41z"),
    Shape("h-pennant-white", "M.8-50 27-47.5.8-45z"),
    Shape("h-pennant-blue", "M.8-48.8 27-47.5.8-46.2z"),
];

/// Three of the places round the yard, staked out while only one family is in.
pub(super) const STAKED: [usize; 3] = [0, 1, 3];

/// A wreath on the door of the own house.
pub(super) const WREATH: &str = "m0-2.6a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 1 1 0-5.2z";

/// The forest along the far shore: a saw of small spruces from `from` to `to`, alike on every device.
pub(super) fn forest(from: f64, to: f64, ground: f64) -> String {
    let mut line = svg(&[("M", &[from, ground])]);
    let mut x = from;
    let mut turn = 7_u32;
    while x < to {
        turn = turn.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let high = 6.0 + f64::from((turn >> 16) % 8);
        let wide = 2.6 + f64::from((turn >> 20) % 3) * 0.5;
        line.push_str(&svg(&[("l", &[wide, -high]), ("l", &[wide, high])]));
        x += wide * 2.0;
    }
    line + &svg(&[("V", &[ground + 10.0]), ("H", &[from]), ("z", &[])])
}
