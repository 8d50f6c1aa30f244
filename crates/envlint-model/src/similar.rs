/// The candidate that `written` was most likely meant to be, if one is close enough that a
/// careful reader would agree: at most a third of the letters changed.
pub fn did_you_mean<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (written.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = if candidate.eq_ignore_ascii_case(written) {
                0
            } else {
                strsim::damerau_levenshtein(written, candidate)
            };
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn finds_what_was_meant_and_nothing_far_away() {
        let keys = ["services", "sources", "environments"];
        assert_eq!(did_you_mean("service", keys), Some("services"));
        assert_eq!(did_you_mean("enviroments", keys), Some("environments"));
        assert_eq!(did_you_mean("SOURCES", keys), Some("sources"));
        assert_eq!(did_you_mean("proxy", keys), None);
    }
}
