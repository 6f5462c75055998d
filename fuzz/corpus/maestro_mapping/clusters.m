Constant Tile 4;
Network small {
  Layer one-1 { // a comment
    Type: CONV
    Stride { X: 2, Y: 2 }
    Dimensions { K: 8, C: 4, R: 3, S: 3, Y: 9, X: 9 }
    Dataflow {
      SpatialMap(1,1) K;
      TemporalMap(Tile,Tile) C;
      TemporalMap(Sz(R),Sz(R)) R;
      TemporalMap(Sz(S),1) X;
      Cluster(2, P);
      SpatialMap(1,1) C;
    }
  }
  Layer two {
    Type: DSCONV
    Dimensions { K: 1, C: 16, R: 3, S: 3, Y': 9, X': 9 }
    Dataflow {
      TemporalMap(1,1) C;
      SpatialMap(Sz(R),1) Y;
      TemporalMap(10,8) X;
      Cluster(4, L);
      SpatialMap(Sz(S),1) X;
    }
  }
}
