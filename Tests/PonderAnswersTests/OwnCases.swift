/// Predictions and references in the conventions of MATH, GSM8K and AIME, written for this package: a case a line, `≡` between
/// what must be graded equal and `≢` between what must not, in both directions. `#` begins a heading.
///
/// The verdicts are arithmetic, or the convention that the heading names.
enum OwnCases {
  struct Case: Sendable, CustomStringConvertible {
    let prediction: String
    let gold: String
    let isEqual: Bool

    var description: String { prediction + (isEqual ? " ≡ " : " ≢ ") + gold }

    fileprivate init?(_ line: Substring) {
      for (separator, isEqual) in [(" ≡ ", true), (" ≢ ", false)] {
        let sides = line.split(separator: separator, maxSplits: 1)
        if sides.count == 2 {
          (prediction, gold, self.isEqual) = (String(sides[0]), String(sides[1]), isEqual)
          return
        }
      }
      return nil
    }
  }

  static let all = table.split(separator: "\n").filter { !$0.hasPrefix("# ") }.compactMap(Case.init)

  private static let table = #"""
    # Spellings of fractions
    \frac12 ≡ 0.5
    \frac12 ≢ 0.05
    \dfrac{3}{4} ≡ \frac34
    \tfrac{3}{4} ≡ 0.75
    \cfrac{3}{4} ≡ 3/4
    \frac{3}{4} ≢ \frac{4}{3}
    -\frac{1}{2} ≡ \frac{-1}{2}
    -\frac{1}{2} ≡ \frac{1}{-2}
    \frac{-1}{-2} ≡ \frac12
    \frac 1 3 ≡ \frac{1}{3}
    \frac1{72} ≡ 1/72
    \frac{72}1 ≡ 72
    {3 \over 4} ≡ 0.75
    \frac{2}{3} ≢ 0.67
    \frac{2}{3} ≡ 0.66666667
    \left(\frac{2}{3}\right) ≡ 2/3
    6/4 ≡ 3/2
    \frac{\frac{1}{2}}{3} ≡ \frac{1}{6}
    \frac{3}{10} ≢ \frac{3}{100}
    # Mixed numbers
    1\frac{1}{2} ≡ 1.5
    1\frac{1}{2} ≡ \frac{3}{2}
    1\frac12 ≢ \frac12
    2 \frac{3}{5} ≡ 13/5
    -1\frac{1}{2} ≡ -1.5
    -1\frac{1}{2} ≢ -\frac12
    5 3/4 ≡ 5.75
    11\frac{1}{4} ≢ \frac{11}{4}
    # Thousands, currencies, decimals
    12{,}500 ≡ 12500
    12,500 ≡ 12500
    12\,500 ≡ 12500
    12\!,\!500 ≡ 12500
    \$12,500 ≡ 12500
    $12,500 ≡ 12500
    12,500 ≢ 125
    1,234,567 ≡ 1234567
    12,50 ≢ 1250
    \$3.50 ≡ 3.5
    3.50 ≡ 3.5
    .5 ≡ 0.5
    007 ≡ 7
    100. ≡ 100
    3.14 ≢ \pi
    £20 ≡ 20
    20 \text{ dollars} ≡ \$20
    0.\overline{3} ≡ \frac13
    0.1\overline{6} ≡ \frac16
    0.\overline{142857} ≡ 1/7
    # Scientific notation
    3 \times 10^8 ≡ 300000000
    3.0 \cdot 10^{-3} ≡ 0.003
    1.5e3 ≡ 1500
    2.5 \times 10^3 ≢ 250
    6.02 \times 10^{23} ≢ 6.02 \times 10^{22}
    # Percent, degrees, units
    5\% ≡ 5
    5\% ≡ 0.05
    5\% ≢ 0.5
    12.5\% ≡ \frac18
    30^\circ ≡ 30
    30^{\circ} ≡ 30 \text{ degrees}
    30° ≡ 30
    30^\circ ≢ 60^\circ
    15\text{ cm} ≡ 15
    15\text{ cm}^2 ≡ 15
    15 \mathrm{~km/h} ≡ 15
    15 \text{ cm} ≢ 51 \text{ cm}
    24\pi \text{ square inches} ≡ 24\pi
    8 apples ≡ 8
    3 hours ≡ 3
    # Roots and powers
    \sqrt[3]{2} ≡ 2^{1/3}
    \sqrt[3]{2} ≢ \sqrt{2}
    2\sqrt{3}/3 ≡ \frac{2}{\sqrt3}
    \frac{2\sqrt{3}}{3} ≡ \frac{2}{\sqrt{3}}
    \sqrt{50} ≡ 5\sqrt{2}
    \sqrt{50} ≢ 2\sqrt{5}
    \sqrt8 ≡ 2\sqrt2
    \sqrt{\frac{1}{3}} ≡ \frac{\sqrt{3}}{3}
    \sqrt{5+2\sqrt6} ≡ \sqrt2+\sqrt3
    \frac{1}{2+\sqrt3} ≡ 2-\sqrt3
    8^{2/3} ≡ 4
    2^{10} ≡ 1024
    2^{-3} ≡ 0.125
    -2^2 ≡ -4
    (-2)^2 ≡ 4
    -2^2 ≢ 4
    2^{3^2} ≡ 512
    \sqrt{x^2y} ≢ xy
    # Constants, logarithms, trigonometry
    e^{i\pi} ≡ -1
    e^{i\pi/3} ≡ \frac{1}{2} + \frac{\sqrt{3}}{2}i
    \pi/4 ≡ \frac{\pi}{4}
    \frac{\pi}{4} ≢ \frac{\pi}{3}
    \log_2 8 ≡ 3
    \log_{10} 1000 ≡ 3
    \ln e^2 ≡ 2
    \ln 8 ≡ 3 \ln 2
    \log_4 8 ≡ \frac{3}{2}
    \log_3 5 ≡ \frac{\ln 5}{\ln 3}
    \log_3 5 ≢ \log_5 3
    \sin 30^\circ ≡ \frac12
    \cos\left(\frac{\pi}{3}\right) ≡ 0.5
    \sin^2 x + \cos^2 x ≡ 1
    \tan 45^{\circ} ≡ 1
    \arctan 1 ≡ \frac{\pi}{4}
    \sin 2x ≡ 2 \sin x \cos x
    |{-7}| ≡ 7
    |-7| ≡ 7
    \lfloor 3.7 \rfloor ≡ 3
    \lceil 3.2 \rceil ≡ 4
    # Counting
    \binom{5}{2} ≡ 10
    \dbinom{6}{3} ≡ 20
    {5 \choose 2} ≡ 10
    5! ≡ 120
    \frac{10!}{8!} ≡ 90
    5! ≢ 5
    3!! ≢ 720
    6!! ≡ 48
    7!! ≡ 105
    (3!)! ≡ 720
    n!! ≢ n!
    2n! ≡ n! \cdot 2
    \binom{n}{3} ≡ \frac{n(n-1)(n-2)}{6}
    \binom{n}{2} ≢ \frac{n^2}{2}
    2 \cdot 3! ≡ 12
    # Complex numbers
    3+4i ≡ 4i+3
    3+4i ≢ 3-4i
    (1+i)^2 ≡ 2i
    \frac{1}{i} ≡ -i
    # Polynomials and rational expressions
    x^2+2x+1 ≡ (x+1)^2
    x^2+2x+1 ≡ 1+2x+x^2
    x^2+2x+1 ≢ x^2+2x-1
    (x-2)(x+3) ≡ x^2+x-6
    2x(x+1) ≡ 2x^2+2x
    xy+yx ≡ 2xy
    ab ≡ ba
    3x^2y ≢ 3xy^2
    \frac{x^2-4}{x-2} ≡ x+2
    \frac{1}{x}+\frac{1}{y} ≡ \frac{x+y}{xy}
    \frac{x}{2} ≡ 0.5x
    -(x-3) ≡ 3-x
    2 - x ≢ x - 2
    x^{-1} ≡ \frac1x
    n(n+1)/2 ≡ \frac{n^2+n}{2}
    a^3-b^3 ≡ (a-b)(a^2+ab+b^2)
    2(3) ≡ 6
    (2)(3) ≡ 6
    2 \cdot 3 \times 4 ≡ 24
    2*3 ≡ 6
    # Prefixes and equations
    x = 5 ≡ 5
    x=5 ≢ x=-5
    y = 2x+3 ≡ y=3+2x
    2x - y + 3 = 0 ≡ y = 2x+3
    y = 2x + 3 ≢ y = 3x + 2
    f(x) = x^2 ≡ x^2
    x^2 + y^2 = 25 ≡ 25 = x^2+y^2
    x^2 + y^2 = 25 ≢ x^2 + y^2 = 5
    n \equiv 3 \pmod{7} ≢ n \equiv 4 \pmod{7}
    # Intervals, inequalities, unions
    (−∞, 2] ∪ (3, ∞) ≡ (-\infty,2]\cup(3,\infty)
    (-\infty,2]\cup(3,\infty) ≢ (-\infty,2)\cup(3,\infty)
    (3,\infty)\cup(-\infty,2] ≡ (-\infty,2]\cup(3,\infty)
    x∈[1,2] ≡ [1,2]
    x \in [1,2] ≡ 1 \le x \le 2
    [1,2] ≢ (1,2)
    [1,2] ≢ [2,1]
    x > 3 ≡ (3, \infty)
    x > 3 ≡ 3 < x
    x \geq 3 ≡ x \ge 3
    x \geqslant 3 ≡ [3,\infty)
    x \ge 3 ≢ x > 3
    -2<x<5 ≡ (-2,5)
    (0, \tfrac12) ≡ (0,0.5)
    (0,1)\cup(1,2) ≢ (0,2)
    [0,1]\cup[1,2] ≡ [0,2]
    \left(-\infty, -\frac{1}{2}\right] ≡ (-\infty, -0.5]
    # Sets, tuples, lists
    \{1,2\} ≡ \{2,1\}
    \{1,2\} ≡ 1, 2
    \{1,2\} ≢ \{1,3\}
    \{1,2\} ≢ \{1,2,3\}
    \left\{ 1, \frac{3}{2} \right\} ≡ \{1.5, 1\}
    3, 5, 7 ≡ 7, 5, 3
    3 and 4 ≡ 4, 3
    3, 4, and 5 ≡ 3,4,5
    3 \text{ and } 4 ≡ 3, 4
    3 or -4 ≡ x = -4 or x = 3
    x = 2, -2 ≡ \pm 2
    \pm 2 ≡ 2, -2
    \pm 2 ≢ 2
    1 \pm \sqrt{2} ≡ 1 + \sqrt{2}, 1 - \sqrt{2}
    \frac{-1\pm\sqrt{5}}{2} ≡ \frac{-1+\sqrt5}{2}, \frac{-1-\sqrt5}{2}
    (1,2) ≡ \left( 1, 2 \right)
    (1,2) ≢ (2,1)
    (1,2,3) ≡ ( 1 , 2 , 3 )
    (3, \frac{\pi}{2}) ≡ \left(3, \frac{\pi}{2}\right)
    (1,2),(3,4) ≡ (3,4),(1,2)
    (1,2),(3,4) ≢ (1,3),(2,4)
    (x,y) = (2,3) ≡ (2,3)
    \emptyset ≡ \varnothing
    # Matrices and vectors
    \begin{pmatrix}1&2\\3&4\end{pmatrix} ≡ \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}
    \begin{pmatrix}1&2\\3&4\end{pmatrix} ≢ \begin{pmatrix}1&3\\2&4\end{pmatrix}
    \begin{pmatrix} 1/2 \\ -3 \end{pmatrix} ≡ \begin{pmatrix} 0.5 \\ -3 \end{pmatrix}
    \begin{pmatrix} \frac12 & 0 \\[1ex] 0 & 1 \end{pmatrix} ≡ \begin{pmatrix} 0.5 & 0 \\ 0 & 1 \end{pmatrix}
    \begin{pmatrix} 1 \\ 2 \end{pmatrix} ≢ \begin{pmatrix} 2 \\ 1 \end{pmatrix}
    \left[\begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array}\right] ≡ \begin{pmatrix}1&2\\3&4\end{pmatrix}
    \begin{vmatrix} 1 & 2 \\ 3 & 4 \end{vmatrix} ≡ -2
    \begin{vmatrix} a & b \\ c & d \end{vmatrix} ≡ ad - bc
    \begin{vmatrix} 2 & 0 & 1 \\ 1 & 3 & 2 \\ 1 & 1 & 1 \end{vmatrix} ≡ 0
    \begin{vmatrix} 2 & 0 & 1 \\ 1 & 3 & 2 \\ 1 & 1 & 4 \end{vmatrix} ≡ 18
    # Bases
    10_2 ≡ 10_{2}
    1011_2 ≡ 11
    2A_{16} ≡ 42
    10_2 ≢ 10
    10_2 ≢ 10_3
    3_{16} ≢ 3A_{16}
    AB_{12} ≢ 131
    AB_{16} ≡ 171
    1.1_2 ≡ 1.5
    12_2 ≢ 12
    \text{1011}_2 ≡ 1011_2
    # Texts and choices
    \text{Evelyn} ≡ Evelyn
    \text{Evelyn} ≢ \text{Carla}
    \textbf{Evelyn} ≡ evelyn
    \mathrm{Evelyn} ≡ \text{Evelyn}
    (C) ≡ C
    \text{(C)} ≡ C
    \textbf{(C)} ≡ \text{C}
    (C) ≢ D
    \text{even} ≢ \text{odd}
    \text{Yes} ≡ yes
    \text{Tuesday} ≡ Tuesday.
    \text{ellipse} ≢ \text{parabola}
    # Wrappings of answers
    The answer is $\boxed{42}$. ≡ 42
    \boxed{ 42 } ≡ 42
    $\boxed{\text{ 42 cm }}$ ≡ 42
    \boxed{x = 7} ≡ 7
    \boxed{\$ 36} ≡ 36
    First \boxed{3}, but in truth \boxed{4} ≡ 4
    First \boxed{3}, but in truth \boxed{4} ≢ 3
    \boxed{\frac{\sqrt{3}}{2}} ≡ \frac{\sqrt3}{2}
    \boxed{\left\{ 1, 2 \right\}} ≡ \{1,2\}
    \fbox{9} ≡ 9
    She pays 3 + 4 = 7 dollars. #### 7 ≡ 7
    So the final answer is $x=\frac{1}{2}$. I hope it is correct. ≡ 0.5
    Therefore, m+n = 113. The answer is 113. ≡ 113
    AIME answers have three digits, so the answer is \boxed{033}. ≡ 33
    $5$ ≡ 5
    5. ≡ 5
    $5.$ ≡ 5
    $$\frac{1}{2}$$ ≡ \frac{1}{2}
    \(5\) ≡ 5
    \[5\] ≡ 5
    −5 ≡ -5
    – 5 ≡ -5
    3·4 ≡ 12
    6÷2 ≡ 3
    √2 ≡ \sqrt{2}
    2π ≡ 2\pi
    x² + 1 ≡ x^2+1
    x₁ ≡ x_1
    ½ ≡ \frac12
    5 ≤ x ≡ x \ge 5
    \displaystyle \frac12 ≡ \frac12
    \mathbf{7} ≡ 7
    \text{7} ≡ 7
    \phantom{0}7 ≡ 7
    \left. 7 \right. ≡ 7
    7\quad ≡ 7
    7~\text{m} ≡ 7
    1:2 ≡ \frac12
    2:3 ≢ 3:2
    \infty ≢ -\infty
    \text{undefined} ≢ 0
    # More numbers, units and times
    \frac{1}{2}x ≡ \frac{x}{2}
    3.0 ≡ 3
    -0 ≡ 0
    +5 ≡ 5
    1{,}234.5 ≡ 1234.5
    \$1{,}000{,}000 ≡ 1000000
    25 cents ≡ 25
    \frac{25}{2}\% ≡ 12.5\%
    0.125 ≡ 12.5%
    100\,000 ≡ 100000
    1 000 000 ≡ 1000000
    \text{\$}5 ≡ 5
    5 \text{ m/s} ≡ 5
    5\ \text{m} ≡ 5
    5\text{ m} ≡ 5
    5 \text{ g} ≡ 5
    5 \mathrm{m} ≡ 5
    5 \text{ m}^2 ≡ 5
    5 kg ≡ 5
    5 cm ≡ 5
    5 \text{ ft}^3 ≡ 5
    5\,\mathrm{cm}^2 ≡ 5
    10:30 ≡ 10{:}30
    3 \frac{1}{7} ≡ \frac{22}{7}
    \frac{-3}{4} ≢ \frac{3}{4}
    # More intervals and regions
    \left[\frac{1}{2}, 3\right) ≡ [0.5,3)
    \left( -\infty, \infty \right) ≡ \mathbb{R}
    (-\infty,0)\cup(0,\infty) ≡ \mathbb{R}\setminus\{0\}
    x \neq 0 ≡ x\ne0
    \{x \mid x>2\} ≡ (2,\infty)
    \{x : x>2\} ≡ (2,\infty)
    x<-1 \text{ or } x>1 ≡ (-\infty,-1)\cup(1,\infty)
    x<-1\cup x>1 ≢ x > 1
    x \in (-\infty,-1)\cup(1,\infty) ≡ x<-1 \cup x>1
    x<-1\cup x>1 ≡ (-\infty,-1)\cup(1,\infty)
    -1 \leq x \leq 1 ≡ [-1,1]
    |x| \le 1 ≢ [-2,2]
    # More surds, powers and functions
    \sqrt{2}\cdot\sqrt{3} ≡ \sqrt{6}
    \sqrt{-4} ≡ 2i
    \sqrt[4]{16} ≡ 2
    (\sqrt{3})^2 ≡ 3
    \frac{\sqrt{2}}{\sqrt{3}} ≡ \frac{\sqrt6}{3}
    \sqrt{13}+\sqrt{5} ≢ \sqrt{18}
    10^{-3} ≡ 0.001
    1.2 \times 10^{4} ≡ 12000
    1.2\cdot10^4 ≡ 12,000
    2^{\frac{1}{2}} ≡ \sqrt2
    4^{0.5} ≡ 2
    \lg 100 ≡ 2
    \log_{2}(8) ≡ 3
    \ln(e) ≡ 1
    \ln\frac{1}{2} ≡ -\ln 2
    e^{\ln 5} ≡ 5
    \cos 60^\circ ≡ \frac12
    \cos(\pi) ≡ -1
    \sec 60^\circ ≡ 2
    \sin^{-1}(1) ≡ \frac{\pi}{2}
    \csc\frac{\pi}{6} ≡ 2
    \tan^2 60^\circ ≡ 3
    # More expressions
    x^3 - 6x^2 + 11x - 6 ≡ (x-1)(x-2)(x-3)
    (a+b)^2 ≡ a^2+2ab+b^2
    2ab ≡ 2 \cdot a \cdot b
    \frac{a}{b} ≡ a/b
    \frac{a}{b} ≢ \frac{b}{a}
    x(x-1) ≡ x^2-x
    -x^2 ≢ (-x)^2
    p^2q ≡ qp^2
    n! ≡ n!
    n! ≢ (n+1)!
    \binom{n}{2} ≡ \frac{n(n-1)}{2}
    \binom{n}{k} ≡ \binom{n}{k}
    _{5}C_{2} ≡ _5C_2
    # What has no value here, by its spelling
    \sum_{k=1}^{n} k ≢ \sum_{k=1}^{n} k^2
    \int_0^1 x\,dx ≡ \int_{0}^{1} x dx
    \lim_{x\to0} x ≡ \lim_{x \to 0} x
    # Geometry, vectors and determinants
    \overrightarrow{AB} ≡ \vec{AB}
    \angle ABC ≡ \angle{ABC}
    \triangle ABC ≢ \triangle ABD
    \vec{v} ≢ \vec{w}
    \mathbf{i}+2\mathbf{j} ≡ 2\mathbf{j}+\mathbf{i}
    \langle 1,2 \rangle ≡ (1,2)
    \begin{cases} 1 \\ 2 \end{cases} ≢ \begin{cases} 1 \\ 3 \end{cases}
    \det\begin{pmatrix}1&2\\3&4\end{pmatrix} ≡ -2
    \begin{pmatrix}1&0\\0&1\end{pmatrix} ≢ \begin{pmatrix}1&0\\0&-1\end{pmatrix}
    \begin{bmatrix}1\\2\\3\end{bmatrix} ≡ \begin{pmatrix}1\\2\\3\end{pmatrix}
    \left(\begin{array}{c} 1\\2 \end{array}\right) ≡ \begin{pmatrix}1\\2\end{pmatrix}
    [[1,2],[3,4]] ≡ \begin{pmatrix}1&2\\3&4\end{pmatrix}
    # More bases
    BAD_{16} ≢ BAC_{16}
    123_4 ≡ 27
    123_{\text{four}} ≡ 123_4
    0.111_2 ≡ 0.875
    12_{\text{base }5} ≡ 12_5
    # More choices, words and lists
    A ≡ \textbf{A}
    \textbf{(A) } 5 ≡ \textbf{(A)} 5
    \text{A, B} ≡ A, B
    A,B,C ≡ C,B,A
    \text{(A), (C)} ≡ A,C
    \text{B} ≢ \text{D}
    \text{Monday} ≢ \text{Friday}
    \text{3 and 4} ≡ 3,4
    \text{no solution} ≡ No solution
    \text{None} ≢ 0
    \text{parallelogram} ≡ Parallelogram
    \text{east} ≢ \text{west}
    \text{x is even} ≡ \text{ x is even. }
    5\text{ or }7 ≡ 5, 7
    5;7 ≡ 5,7
    1, -1, i, -i ≡ i,-i,1,-1
    # Points, assignments and equations
    (1,2) \text{ and } (3,4) ≡ (1,2),(3,4)
    \left(\frac{1}{2}, -\frac{3}{4}\right) ≡ (0.5,-0.75)
    (2, 3, 4) ≢ (2, 4, 3)
    (a, b) = (1, 2) ≡ (1,2)
    a=1, b=2 ≢ a=2, b=1
    x=1,y=2 ≡ (x,y)=(1,2)
    x=1,y=2 ≡ y=2,x=1
    x=1,y=2 ≡ 2,1
    x=1,y=2 ≢ 1,3
    f(x)=2x+1 ≡ 2x+1
    y=\frac{1}{2}x-3 ≡ y = \frac{x}{2} - 3
    y=\frac{1}{2}x-3 ≡ x - 2y = 6
    x^2+y^2-4=0 ≡ x^2+y^2=4
    \frac{x^2}{9}+\frac{y^2}{4}=1 ≡ 4x^2+9y^2=36
    m\angle A = 30^\circ ≡ 30
    P(A) = \frac{1}{3} ≡ \frac13
    \frac{1}{3} \approx 0.333 ≡ \frac13
    \approx 3.14 ≡ 3.14
    n = 2k+1 ≢ n=2k
    # More functions and names
    \lfloor -2.5 \rfloor ≡ -3
    \gcd(12, 18) ≡ 6
    \max(3,5) ≡ 5
    \text{lcm}(4,6) ≡ 12
    \pi r^2 ≡ r^2\pi
    2\pi r ≢ \pi r^2
    \theta ≢ \phi
    \alpha + \beta ≡ \beta+\alpha
    x_{1} ≡ x_1
    x_1 ≢ x_2
    x' ≢ x
    \hat{x} ≢ x
    a_n = 2n ≡ 2n
    S_n = n^2 ≡ n^2
    # More wrappings
    \dfrac{1}{2} ≡ \frac{1}{2}.
    $\frac{1}{2}$. ≡ 0.5
    The answer is 7. ≡ 7
    **7** ≡ 7
    **Answer:** 7 ≡ 7
    Answer: $\boxed{7}$ ≡ 7
    #### 1,234 ≡ 1234
    \boxed{\text{C}} ≡ (C)
    \boxed{\textbf{(C)}\ 12} ≡ 12
    \boxed{\textbf{(C)}\ \frac{1}{2}} ≡ 0.5
    (A) \pm 1 ≢ \pm 1
    (A) (B) ≢ B
    \boxed{\dfrac{7}{9}}. ≡ 7/9
    \boxed{7}\% ≡ 7
    \boxed{\$7.50} ≡ 7.5
    \boxed{70^\circ} ≡ 70
    \boxed{(3, -1)} ≡ (3,-1)
    \boxed{3, -1} ≡ -1, 3
    x = \boxed{3} ≡ 3
    \boxed{3} \text{ meters} ≡ 3
    the answer is 3 meters ≡ 3
    Thus the probability is \frac{3}{8}. ≡ 3/8
    So there are 12 ways. ≡ 12
    So, $12 + 5 = 17$. ≡ 17
    total = 5 * 4 = 20 ≡ 20
    She has $18. ≡ 18
    -\$5 ≡ -5
    \$-5 ≡ -5
    # Plain text
    1/2 ≡ 0.50
    50 % ≡ 50%
    3 1/2 ≡ 3.5
    3-1/2 ≡ 2.5
    1e3 ≡ 1000
    1E3 ≡ 1000
    2**3 ≡ 8
    2^3 ≡ 8
    sqrt(2) ≡ \sqrt{2}
    pi ≡ \pi
    x^2 ≡ x**2
    infinity ≡ \infty
    2 \times 3 \times 5 ≡ 30
    2^2 \cdot 3 ≡ 12
    8.0 ≡ 8
    .75 ≡ 3/4
    1.000 ≡ 1
    1,000 ≡ 1000
    1,00 ≢ 100
    0.1 ≢ 0.01
    999999999999999999999 ≡ 999999999999999999999.0
    123456789 ≢ 123456788
    \frac{22}{7} ≢ \pi
    """#
}
