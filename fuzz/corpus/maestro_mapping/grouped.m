Network groups {
  Layer a { Type: NGCONV Dimensions { G: 4 K: 8 C: 6 R: 3 S: 3 Y: 12 X: 12 } Dataflow { TemporalMap(1,1) G; SpatialMap(1,1) K; } }
  Layer b { Type: TRCONV Stride { X': 1 } Dimensions { N: 2 K: 8 C: 32 R: 3 S: 3 Y': 10 X': 10 }
    Dataflow { SpatialMap(1,1) Y'; SpatialMap(1,1) X'; TemporalMap(3,3) R; TemporalMap(3,3) S; } }
}
