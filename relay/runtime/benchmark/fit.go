package benchmark

import "math"

// fit returns base and slopes by which base + Σ slope·x is closest to y, by the least
// sum of squares of the errors as parts of y. None is negative: what would be is left
// out of the fit.
func fit(points [][]int, y []float64) []float64 {
	width := 1
	if len(points) > 0 {
		width += len(points[0])
	}
	used := make([]bool, width)
	for i := range used {
		used[i] = true
	}
	for {
		solution := leastSquares(points, y, used)
		worst := -1
		for i, v := range solution {
			if v < 0 && (worst < 0 || v < solution[worst]) {
				worst = i
			}
		}
		if worst < 0 {
			return solution
		}
		used[worst] = false
	}
}

// leastSquares solves the normal equations of the columns that are used; the others,
// and those that do not vary, are 0.
func leastSquares(points [][]int, y []float64, used []bool) []float64 {
	n := len(used)
	value := func(row, column int) float64 {
		switch {
		case !used[column]:
			return 0
		case column == 0:
			return 1
		}
		return float64(points[row][column-1])
	}
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n+1)
		for row := range points {
			weight := 1 / math.Max(y[row]*y[row], 1)
			for j := range n {
				m[i][j] += weight * value(row, i) * value(row, j)
			}
			m[i][n] += weight * value(row, i) * y[row]
		}
	}
	return solve(m)
}

// solve eliminates; a column without a pivot is 0.
func solve(m [][]float64) []float64 {
	n := len(m)
	scale := make([]float64, n)
	for i := range n {
		scale[i] = m[i][i]
	}
	pivot := make([]bool, n)
	for i := range n {
		if m[i][i] <= 1e-12*scale[i] {
			continue
		}
		pivot[i] = true
		for row := range n {
			if row == i {
				continue
			}
			factor := m[row][i] / m[i][i]
			for column := range n + 1 {
				m[row][column] -= factor * m[i][column]
			}
		}
	}
	solution := make([]float64, n)
	for i := range n {
		if pivot[i] {
			solution[i] = m[i][n] / m[i][i]
		}
	}
	return solution
}
