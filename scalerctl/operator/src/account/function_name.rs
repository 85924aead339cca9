//! The forms in which AWS Lambda accepts a function (Lambda API Reference, `FunctionName`).

/// The function that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// A version or an alias. `None`: the function itself, which means `$LATEST`.
    pub qualifier: Option<String>,
}

impl Named {
    /// Reads a name, a partial ARN or an ARN, each with or without a qualifier. `None` if it is another function than
    /// the one of this unqualified ARN.
    pub fn of(text: &str, function: &str) -> Option<Self> {
        let parts: Vec<&str> = function.split(':').collect();
        // A partial ARN lacks parts at its beginning.
        (0..parts.len()).find_map(|first| {
            let rest = text.strip_prefix(&parts[first..].join(":"))?;
            match rest.split_once(':') {
                None if rest.is_empty() => Some(Self { qualifier: None }),
                Some(("", qualifier)) => Some(Self::qualified(qualifier)),
                _ => None,
            }
        })
    }

    /// With this qualifier.
    pub fn qualified(qualifier: &str) -> Self {
        Self { qualifier: (qualifier != "$LATEST").then(|| qualifier.to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Named;

    #[test]
    fn each_form_of_the_name_is_read() {
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler";
        for form in [arn, "123456789012:function:my-scaler", "function:my-scaler", "my-scaler"] {
            for (more, qualifier) in
                [("", None), (":$LATEST", None), (":tick", Some("tick")), (":7", Some("7"))]
            {
                let named = Named { qualifier: qualifier.map(str::to_owned) };
                assert_eq!(Named::of(&format!("{form}{more}"), arn), Some(named), "{form}{more}");
            }
            assert_eq!(Named::of(&format!("{form}-2"), arn), None);
        }
        for other in ["scaler", "", "tick:my-scaler", "210987654321:function:my-scaler"] {
            assert_eq!(Named::of(other, arn), None, "{other}");
        }
    }
}
