//! What to look for on a page.

use serde_json::{Value, json};

/// Something visible on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct What {
    css: String,
    saying: Option<String>,
    named: Option<String>,
}

impl What {
    /// By a CSS selector.
    #[must_use]
    pub fn css(css: impl Into<String>) -> Self {
        Self { css: css.into(), saying: None, named: None }
    }

    /// By the name the app gives it for tests; `"a b"` is a `b` inside an `a`.
    #[must_use]
    pub fn test(names: &str) -> Self {
        let css = names.split(' ').map(|name| format!("[data-test='{name}']")).collect::<Vec<_>>().join(" ");
        Self::css(css)
    }

    /// A field, by its name in the form.
    #[must_use]
    pub fn field(name: &str) -> Self {
        Self::css(format!("[name='{name}']"))
    }

    /// Something of a role, by what it is called aloud.
    #[must_use]
    pub fn role(role: &str, name: &str) -> Self {
        let css = match role {
            "button" => "button, [role=button]",
            "link" => "a[href]",
            "heading" => "h1, h2, h3, h4",
            "dialog" => "dialog[open]",
            other => return Self { named: Some(name.to_owned()), ..Self::css(format!("[role={other}]")) },
        };
        Self { named: Some(name.to_owned()), ..Self::css(css) }
    }

    /// With this attribute.
    #[must_use]
    pub fn with(mut self, attribute: &str, value: &str) -> Self {
        self.css = format!("{}[{attribute}='{value}']", self.css);
        self
    }

    /// Below this one.
    #[must_use]
    pub fn then(mut self, names: &str) -> Self {
        self.css = format!("{} {}", self.css, Self::test(names).css);
        self
    }

    /// In the dialog that is open.
    #[must_use]
    pub fn in_dialog(mut self) -> Self {
        self.css = format!("dialog[open] {}", self.css);
        self
    }

    /// With this text somewhere in it.
    #[must_use]
    pub fn saying(mut self, text: &str) -> Self {
        self.saying = Some(text.to_owned());
        self
    }

    /// The arguments of [`FIND`].
    pub(super) fn arguments(&self) -> Vec<Value> {
        vec![json!(self.css), json!(self.saying), json!(self.named)]
    }

    pub(super) fn selector(&self) -> &str {
        &self.css
    }
}

impl core::fmt::Display for What {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "`{}`", self.css)?;
        if let Some(text) = &self.saying {
            write!(f, " saying “{text}”")?;
        }
        if let Some(name) = &self.named {
            write!(f, " called “{name}”")?;
        }
        Ok(())
    }
}

impl From<&str> for What {
    /// The name for tests, the usual way.
    fn from(names: &str) -> Self {
        Self::test(names)
    }
}

/// All that is meant and can be seen. Soft hyphens and hard spaces are typography, not text.
pub(super) const FIND: &str = r"
    const [css, saying, named] = arguments;
    const plain = (text) => (text ?? '').replaceAll('\u00ad', '').replace(/\s+/g, ' ').trim();
    const name = (e) => plain(e.getAttribute('aria-label')
        ?? e.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent).join(' ')
        ?? e.textContent);
    const found = [...document.querySelectorAll(css)].filter((e) =>
        e.checkVisibility({ visibilityProperty: true })
        && (saying === null || plain(e.innerText ?? e.textContent).includes(plain(saying)))
        && (named === null || name(e) === plain(named)));
";
