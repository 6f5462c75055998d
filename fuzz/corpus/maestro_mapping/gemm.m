Network blas {
  Layer product {
    Type: GEMM
    Dimensions { M: 40, N: 30, K: 20 }
    Dataflow {
      TemporalMap(1,1) N;
      SpatialMap(1,1) M;
      TemporalMap(20,20) K;
      Cluster(20, P);
      SpatialMap(1,1) K;
    }
  }
}
