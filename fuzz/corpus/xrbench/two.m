Network eyes {

FPS: 60

Layer conv1 {
	Type: CONV
	Dimensions: { N: 1, K: 32, C: 3, Y: 20, X: 10, R: 3, S: 3 }
}

}

Network gaze {

Dependency: {
	eyes
}
Probability: 0.25
FPS: 30

Layer conv1 {
	Type: CONV
	Dimensions: { N: 1, K: 8, C: 4, Y: 2, X: 2, R: 3, S: 3 }
}
}
