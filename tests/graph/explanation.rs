//! Every entity has an explanation of why its records belong together.

use accord::analyze::explain;
use accord::resolve::probability;

use super::fixture::DEMO;

#[test]
fn every_entity_of_the_fixture_is_held_together_by_links_that_add_up() {
    let snapshot = DEMO.whole();
    let mut joined = 0;
    for (index, entity) in snapshot.entities().enumerated() {
        let explanation = explain(&snapshot, index);
        assert_eq!(
            explanation.spanning.len(),
            entity.records.len() - 1,
            "{}",
            snapshot.entity_id(index)
        );
        assert!(explanation.links <= explanation.pairs);
        let bits: Vec<f64> =
            explanation.spanning.iter().map(|link| snapshot.links()[*link].bits).collect();
        assert!(bits.windows(2).all(|pair| pair[0] >= pair[1]), "the strongest first");
        joined += usize::from(entity.records.len() > 1);
        for link in &explanation.spanning {
            let link = &snapshot.links()[*link];
            let entity_type = entity.entity_type;
            let prior = DEMO.engine.model().types[&entity_type].prior_bits();
            let sum = link.levels.iter().fold(prior, |sum, level| sum + level.bits + level.tf_bits);
            assert!((sum - link.bits).abs() < 1e-9);
            assert_eq!(link.model, DEMO.engine.model().version);
            assert!((0.0..=1.0).contains(&probability(link.bits)));
            // The link is what comparing the two records anew gives.
            let again = [link.a, link.b].map(|id| {
                let record = &snapshot.records()[snapshot.record(id).unwrap()];
                DEMO.engine.prepare(record)
            });
            assert_eq!(DEMO.engine.score(&again[0], &again[1]).unwrap().bits, link.bits);
            assert_eq!(DEMO.engine.score(&again[1], &again[0]).unwrap().bits, link.bits);
        }
    }
    assert!(joined > 400);
}
