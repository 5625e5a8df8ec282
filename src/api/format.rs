//! The media types of answers.

/// A media type of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// Comma-separated values (RFC 4180), one item a row.
    Csv,
    /// GraphML 1.0.
    GraphMl,
    /// GEXF 1.2.
    Gexf,
    /// GeoJSON (RFC 7946).
    GeoJson,
    /// A picture (SVG 1.1).
    Svg,
    /// Text in Prometheus' format.
    Metrics,
}

impl Format {
    /// Returns the name of the format as a value of `?format=`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::GraphMl => "graphml",
            Self::Gexf => "gexf",
            Self::GeoJson => "geojson",
            Self::Svg => "svg",
            Self::Metrics => "text",
        }
    }

    /// Returns the media type without parameters.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::GraphMl => "application/graphml+xml",
            Self::Gexf => "application/gexf+xml",
            Self::GeoJson => "application/geo+json",
            Self::Svg => "image/svg+xml",
            Self::Metrics => "text/plain",
        }
    }

    /// Returns the media type with its parameters.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            other => other.media_type(),
        }
    }
}
