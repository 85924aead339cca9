//! Reads which endpoint a Metrics Insights query selects (CloudWatch User Guide, "Query components and syntax
//! in CloudWatch Metrics Insights").

/// The selection of a query.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) namespace: String,
    pub(super) metric: String,
    /// The labels that must equal a value. Empty if the conditions do not have the documented form (`=` or
    /// `!=`, joined by `AND`), because then the selection is unknown.
    pub(super) labels: Vec<(String, String)>,
}

/// Reads a query. `None` if the text is not a query, such as an expression of metric math.
pub(super) fn read(text: &str) -> Option<Query> {
    let tokens = tokens(text)?;
    let mut rest = Rest(&tokens);
    rest.keyword("SELECT")?;
    rest.name()?;
    rest.symbol('(')?;
    let metric = rest.name()?;
    rest.symbol(')')?;
    rest.keyword("FROM")?;
    let namespace = match rest.keyword("SCHEMA") {
        Some(()) => rest.first_argument()?,
        None => rest.name()?,
    };
    let labels = match rest.keyword("WHERE") {
        Some(()) => rest.conditions().unwrap_or_default(),
        None => Vec::new(),
    };
    Some(Query { namespace, metric, labels })
}

#[derive(Debug)]
enum Token {
    /// A keyword, a name or a number, without quotation marks.
    Word(String),
    Quoted(String),
    Symbol(char),
}

/// The tokens of a text. `None` if a quotation mark is not closed.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => {
                let mut quoted = String::new();
                loop {
                    match chars.next()? {
                        end if end == c => break,
                        '\\' => quoted.push(chars.next()?),
                        other => quoted.push(other),
                    }
                }
                tokens.push(Token::Quoted(quoted));
            }
            _ if is_of_word(c) => {
                let mut word = String::from(c);
                while let Some(more) = chars.next_if(|c| is_of_word(*c)) {
                    word.push(more);
                }
                tokens.push(Token::Word(word));
            }
            _ if c.is_whitespace() => {}
            symbol => tokens.push(Token::Symbol(symbol)),
        }
    }
    Some(tokens)
}

/// The tokens that are not read yet. Each method takes a token only if it has the expected form.
struct Rest<'t>(&'t [Token]);

impl Rest<'_> {
    fn keyword(&mut self, keyword: &str) -> Option<()> {
        match self.0 {
            [Token::Word(word), rest @ ..] if word.eq_ignore_ascii_case(keyword) => {
                self.0 = rest;
                Some(())
            }
            _ => None,
        }
    }

    fn symbol(&mut self, symbol: char) -> Option<()> {
        match self.0 {
            [Token::Symbol(found), rest @ ..] if *found == symbol => {
                self.0 = rest;
                Some(())
            }
            _ => None,
        }
    }

    /// A name, with or without quotation marks.
    fn name(&mut self) -> Option<String> {
        match self.0 {
            [Token::Word(text) | Token::Quoted(text), rest @ ..] => {
                self.0 = rest;
                Some(text.clone())
            }
            _ => None,
        }
    }

    /// The first name in parentheses.
    fn first_argument(&mut self) -> Option<String> {
        self.symbol('(')?;
        let first = self.name()?;
        while self.symbol(',').is_some() {
            self.name()?;
        }
        self.symbol(')')?;
        Some(first)
    }

    /// The conditions with `=` up to the next clause.
    fn conditions(&mut self) -> Option<Vec<(String, String)>> {
        let mut labels = Vec::new();
        loop {
            let key = self.name()?;
            let differs = self.symbol('!').is_some();
            self.symbol('=')?;
            let value = self.name()?;
            // `CURRENT_ACCOUNT_ID()`
            if self.symbol('(').is_some() {
                self.symbol(')')?;
            }
            if !differs {
                labels.push((key, value));
            }
            if self.keyword("AND").is_none() {
                break;
            }
        }
        let ends = self.0.is_empty()
            || ["GROUP", "ORDER", "LIMIT"].iter().any(|clause| self.keyword(clause).is_some());
        ends.then_some(labels)
    }
}
