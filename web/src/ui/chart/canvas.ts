// The only door to the drawing library: loaded when a chart is first shown, and only its parts in use.
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

use([LineChart, BarChart, GridComponent, CanvasRenderer])

export { init }
